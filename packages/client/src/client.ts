import { addressOf } from './address.ts'
import { changeWith, type Change } from './change.ts'
import { queryOf, type EventChoice, type EventType, type FeedEvent, type FeedOptions } from './events.ts'
import { feed, type ReadFeed } from './feed.ts'
import { fileAnswers, keyedOperations, rawBodies } from './generated/facts.ts'
import type { CallOptions, DataOf, Method, OperationAt, PathOf, RequestArgument } from './operations.ts'
import { paginateWith, type Paginate } from './paginate.ts'
import { UnexpectedAnswer } from './problems.ts'
import type { RetryOptions } from './retry.ts'
import { stream, type StreamOptions } from './stream.ts'
import { send, sendOnce, type Outgoing, type Token } from './transport.ts'

export interface ClientOptions extends RetryOptions {
  /** Of the gateway: `https://dueline.example`. */
  url: string
  /** Who calls; left out only for operations that need no token. */
  token?: Token
  /** The time for all tries of a call together, in milliseconds; 30 s by default. */
  withinMs?: number
  /** Sent with every request, unless the call has others of these names. */
  headers?: Readonly<Record<string, string>>
}

/** What a call answered. */
export interface Answer<T> {
  data: T
  status: number
  /** The version that was answered: what `If-Match` takes. */
  etag: string | undefined
  headers: Headers
}

type Call<M extends Method> = <P extends PathOf<M>>(
  path: P,
  ...request: RequestArgument<OperationAt<M, P>>
) => Promise<Answer<DataOf<OperationAt<M, P>>>>

/**
 * A caller of the public API.
 * @throws ProblemError when it refuses, ConnectionError when no answer comes, UnexpectedAnswer when it is none of
 * Dueline's
 */
export interface Client {
  get: Call<'get'>
  post: Call<'post'>
  put: Call<'put'>
  patch: Call<'patch'>
  delete: Call<'delete'>
  paginate: Paginate
  change: Change
  /** Every event that the feed holds after a cursor, or from its oldest on; it ends at the newest. */
  feed<Type extends EventType = EventType>(options?: FeedOptions<Type>): AsyncGenerator<FeedEvent<Type>, void>
  /** Events as they happen, from now on or after a cursor, across broken connections: see `StreamOptions`. */
  stream<Type extends EventType = EventType>(options?: StreamOptions<Type>): AsyncGenerator<FeedEvent<Type>, void>
}

/** A request of any operation, once its types are checked. */
export interface AnyRequest extends CallOptions {
  path?: Readonly<Record<string, unknown>>
  query?: Readonly<Record<string, unknown>>
  headers?: Readonly<Record<string, string>>
  body?: unknown
}

/** One call of any operation. */
export type AnyCall = (method: Method, path: string, request?: AnyRequest) => Promise<Answer<never>>

export function createClient (options: ClientOptions): Client {
  const { token, triesMax = 5, firstWaitMs = 200, withinMs = 30_000, headers: always = {} } = options
  const base = options.url.replace(/\/+$/, '')

  const call: AnyCall = async (method, path, request = {}) => {
    const outgoing = outgoingOf(base, method, path, { ...request, headers: { ...always, ...request.headers } })
    const again = method === 'get' || keyedOperations.includes(outgoing.name)
    const patience = { again, triesMax, firstWaitMs, withinMs: request.withinMs ?? withinMs, signal: request.signal }
    const files = fileAnswers[outgoing.name] ?? []
    return await send(outgoing, token, patience, async (response) => await answerOf(response, files)) as Answer<never>
  }
  const callOf = <M extends Method>(method: M): Call<M> =>
    (async (path: string, request?: AnyRequest) => await call(method, path, request)) as Call<M>

  const readFeed: ReadFeed = async (query, signal) => (await call('get', '/v1/events', { query, signal })).data
  const open =
    (choice: EventChoice) => async (lastEventId: string | undefined, signal: AbortSignal): Promise<Response> => {
      const headers = {
        ...always,
        accept: 'text/event-stream',
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId })
      }
      const outgoing = outgoingOf(base, 'get', '/v1/events/stream', { headers, query: queryOf(choice) })
      return await sendOnce(outgoing, token, signal, async (response) => response)
    }
  return {
    get: callOf('get'),
    post: callOf('post'),
    put: callOf('put'),
    patch: callOf('patch'),
    delete: callOf('delete'),
    paginate: paginateWith(call),
    change: changeWith(call),
    feed: (given = {}) => feed(readFeed, given),
    stream: (given = {}) =>
      stream({
        open: open(given),
        catchUp: (after, signal) => feed(readFeed, { ...given, after, signal })
      }, given)
  }
}

function outgoingOf (base: string, method: Method, path: string, request: AnyRequest): Outgoing {
  const name = `${method.toUpperCase()} ${path}`
  const { body } = request
  const type = rawBodies[name] ?? 'application/json'
  const given = Object.entries(request.headers ?? {}).map(([header, value]) => [header.toLowerCase(), value])
  return {
    name,
    method: method.toUpperCase(),
    address: addressOf(base, path, request),
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': type }),
      // One key for all tries of this call: whatever becomes of an answer, it is done once.
      ...(keyedOperations.includes(name) ? { 'idempotency-key': newKey() } : {}),
      ...Object.fromEntries(given) as Record<string, string>
    },
    ...(body === undefined ? {} : { body: name in rawBodies ? String(body) : JSON.stringify(body) })
  }
}

/** 128 random bits. `crypto.randomUUID` is not there on pages that did not come by https. */
function newKey (): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** `files`: the media types of which an answer is a file; everything else is JSON. */
async function answerOf (response: Response, files: readonly string[]): Promise<Answer<unknown>> {
  const { status, headers } = response
  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  const data = files.includes(type) ? await response.blob() : dataOf(await response.text(), response)
  return { data, status, etag: headers.get('etag') ?? undefined, headers }
}

function dataOf (text: string, response: Response): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new UnexpectedAnswer(`the answer is no JSON: ${text.slice(0, 200)}`, response)
  }
}
