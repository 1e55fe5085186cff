import { createParser, type EventSourceParser } from 'eventsource-parser'
import type { EventOf, EventType, FeedEvent, FeedOptions } from './events.ts'
import { ConnectionError, ProblemError, UnexpectedAnswer } from './problems.ts'
import { unlessAborted, wait } from './retry.ts'

/**
 * `open`: events arrive as they happen. `broken`: none do, it is tried again. `gap`: events are gone from the feed
 * unseen.
 */
export type StreamState = 'open' | 'broken' | 'gap'

export interface StreamOptions<Type extends EventType = EventType> extends FeedOptions<Type> {
  /** Hears of the connection; `cause` says why it is broken, or what refused the position. */
  onState?: (state: StreamState, cause?: unknown) => void
}

/** What a stream is made of. */
export interface StreamSource<Type extends EventType> {
  /** Connects, after a position when there is one. @throws as a call does */
  open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>
  /** What the feed holds after a position; from its oldest event on without one. */
  catchUp: (after: string | undefined, signal: AbortSignal) => AsyncGenerator<FeedEvent<Type>, void>
}

/** The server says something every 15 s; silence for three times as long is a dead connection. */
const silenceMsMax = 45_000
/** Before the server has said how long to wait. */
const firstRetryMs = 1_000
const retryMsMax = 30_000
/** Of one event, in characters: far above what an event can be. */
const eventMax = 8 * 1024 * 1024
const gone = 410

interface Connection {
  position: string | undefined
  retryMs: number
  breaks: number
}

/**
 * Events as they happen, from now on or after a cursor, until the loop is left or the signal is aborted. After a
 * break it reads what it missed from the feed and connects again, for as long as it takes. The next event is read
 * when it is asked for: a slow reader holds up the server, and nothing piles up here.
 * @throws what cannot pass by itself: a refused token, missing rights, what is no stream
 */
export async function* stream<Type extends EventType> (
  { open, catchUp }: StreamSource<Type>,
  { after, signal: left, onState = () => {} }: StreamOptions<Type>
): AsyncGenerator<FeedEvent<Type>, void> {
  const ended = new AbortController()
  const signal = left === undefined ? ended.signal : AbortSignal.any([left, ended.signal])
  const connection: Connection = { position: after, retryMs: firstRetryMs, breaks: 0 }
  try {
    for (let lost = false;;) {
      try {
        if (connection.position !== undefined || lost) {
          for await (const each of catchUp(connection.position, signal)) {
            connection.position = each.cursor ?? connection.position
            yield each
          }
          lost = false
        }
        const response = await open(connection.position, signal)
        onState('open')
        yield* eventsIn<Type>(response, connection, signal)
        throw new ConnectionError('the event stream ended')
      } catch (error) {
        if (left?.aborted === true) return
        if (error instanceof ProblemError && error.status === gone && connection.position !== undefined) {
          connection.position = undefined
          lost = true
          onState('gap', error)
          continue
        }
        if (!isBreak(error)) throw error
        onState('broken', error)
        await wait(
          Math.min(retryMsMax, connection.retryMs * 2 ** connection.breaks++) * (0.5 + Math.random() / 2),
          signal
        )
      }
    }
  } catch (error) {
    if (left?.aborted !== true) throw error
  } finally {
    ended.abort()
  }
}

/** Whether it is worth while to come back. */
function isBreak (error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  const refused = error instanceof ProblemError || error instanceof UnexpectedAnswer
  return refused && (error.status >= 500 || error.status === 429 || error.status === 408)
}

/** The events of one connection; keeps the position and what the server says of coming back. */
async function* eventsIn<Type extends EventType> (
  response: Response,
  connection: Connection,
  signal: AbortSignal
): AsyncGenerator<FeedEvent<Type>, void> {
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith('text/event-stream') || response.body === null) {
    throw new UnexpectedAnswer(`the event stream is ${type}`, response)
  }
  const frames: { id: string, data?: string, ended?: string }[] = []
  let broken: Error | undefined
  const parser = createParser({
    maxBufferSize: eventMax,
    onId: (id) => {
      frames.push({ id })
    },
    onRetry: (ms) => {
      connection.retryMs = ms
    },
    onEvent: ({ id = '', event, data }) => {
      frames.push(event === 'stream-ended' ? { id: '', ended: data } : { id, data })
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') broken = error
    }
  })
  for await (const chunk of chunksOf(response.body, signal)) {
    feedTo(parser, chunk, () => broken, response)
    connection.breaks = 0
    for (const { id, data, ended } of frames.splice(0)) {
      if (ended !== undefined) throw new ConnectionError(`the server ended the event stream: ${ended}`)
      if (id !== '') connection.position = id
      if (data !== undefined) yield { event: eventOf<Type>(data, response), cursor: connection.position }
    }
  }
}

function feedTo (parser: EventSourceParser, chunk: string, broken: () => Error | undefined, response: Response): void {
  parser.feed(chunk)
  const error = broken()
  if (error !== undefined) throw new UnexpectedAnswer(`the event stream cannot be read: ${error.message}`, response)
}

function eventOf<Type extends EventType> (data: string, response: Response): EventOf<Type> {
  try {
    return JSON.parse(data) as EventOf<Type>
  } catch {
    throw new UnexpectedAnswer(`an event is no JSON: ${data.slice(0, 200)}`, response)
  }
}

/** The text of a body, as it comes. @throws ConnectionError when it breaks off or is silent for too long */
async function* chunksOf (body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string, void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  try {
    for (;;) {
      const { done, value } = await readWithin(reader, signal)
      if (done) return
      yield decoder.decode(value, { stream: true })
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

async function readWithin (reader: Reader, signal: AbortSignal): Promise<Awaited<ReturnType<Reader['read']>>> {
  const silent = new AbortController()
  const timer = setTimeout(() => silent.abort(new ConnectionError('the event stream is silent')), silenceMsMax)
  try {
    return await unlessAborted(reader.read(), AbortSignal.any([signal, silent.signal]))
  } catch (error) {
    if (signal.aborted || error instanceof ConnectionError) throw error
    throw new ConnectionError('the event stream broke off', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
