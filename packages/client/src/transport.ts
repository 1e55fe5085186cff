import { ConnectionError, DuelineError, errorOf, ProblemError, UnexpectedAnswer } from './problems.ts'
import { mayPass, unlessAborted, wait, waitMsAfter } from './retry.ts'

/** An access token, or what gets one; it is asked before every try, so it should keep one for as long as that holds. */
export type Token = string | (() => string | Promise<string>)

/** One HTTP request, ready to be sent. */
export interface Outgoing {
  /** For messages: method and path. */
  name: string
  method: string
  address: string
  headers: Readonly<Record<string, string>>
  body?: string
}

export interface Patience {
  /** Whether it may be sent again after a failure that may pass. */
  again: boolean
  triesMax: number
  firstWaitMs: number
  withinMs: number
  signal: AbortSignal | undefined
}

type Read<T> = (response: Response) => Promise<T>

const unauthenticated = 401

/**
 * Sends a request and reads the answer, again while that may help and the time allows it.
 * @throws {DuelineError} of the last try; the reason of the caller's signal; what the token function throws
 */
export async function send<T> (
  outgoing: Outgoing,
  token: Token | undefined,
  patience: Patience,
  read: Read<T>
): Promise<T> {
  const { again, triesMax, firstWaitMs, withinMs, signal: left } = patience
  const late = new AbortController()
  const lateError = new ConnectionError(`${outgoing.name} was not answered within ${withinMs} ms`)
  const timer = setTimeout(() => late.abort(lateError), withinMs)
  const endsAtMs = performance.now() + withinMs
  const signal = left === undefined ? late.signal : AbortSignal.any([left, late.signal])
  try {
    for (let tries = 1;; tries++) {
      try {
        return await sendOnce(outgoing, token, signal, read)
      } catch (error) {
        if (!again || tries >= triesMax || !mayPass(error) || signal.aborted) throw error
        const waitMs = waitMsAfter(error, tries, firstWaitMs)
        if (performance.now() + waitMs >= endsAtMs) throw error
        await wait(waitMs, signal)
      }
    }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * One try; a second one when the token was refused and there may be a fresh one. `read` is part of it: an answer can
 * break off.
 */
export async function sendOnce<T> (
  outgoing: Outgoing,
  token: Token | undefined,
  signal: AbortSignal,
  read: Read<T>
): Promise<T> {
  try {
    return await attempt(outgoing, token, signal, read)
  } catch (error) {
    const refused = (error instanceof ProblemError || error instanceof UnexpectedAnswer) &&
      error.status === unauthenticated
    if (!refused || typeof token !== 'function') throw error
    return await attempt(outgoing, token, signal, read)
  }
}

async function attempt<T> (
  { name, method, address, headers, body }: Outgoing,
  token: Token | undefined,
  signal: AbortSignal,
  read: Read<T>
): Promise<T> {
  const bearer = typeof token === 'function' ? await unlessAborted(token(), signal) : token
  try {
    const response = await fetch(address, {
      method,
      headers: { ...headers, ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body }),
      // The API redirects nobody; following would send a write as a read.
      redirect: 'error',
      signal
    })
    if (!response.ok) throw await errorOf(response, name)
    return await read(response)
  } catch (error) {
    if (error instanceof DuelineError) throw error
    if (signal.aborted) throw signal.reason
    throw new ConnectionError(`${name}: no answer came (${causeOf(error)})`, { cause: error })
  }
}

/** fetch says only that it failed; where there is a cause, that says why. */
function causeOf (error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message
}
