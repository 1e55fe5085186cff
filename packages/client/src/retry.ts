import { ConnectionError, ProblemError, UnexpectedAnswer } from './problems.ts'

/** How often and how long a call is tried. */
export interface RetryOptions {
  /** Tries of a call at most; 1 sends nothing twice. */
  triesMax?: number
  /**
   * The wait before the second try, in milliseconds, doubled before each other one; a random part of it is left out.
   */
  firstWaitMs?: number
}

/** What may pass by itself: too many requests, a gateway without an upstream, an upstream that is down or late. */
const passing = [429, 502, 503, 504]
const waitMsMax = 10_000

/** Whether the same may succeed later. */
export function mayPass (error: unknown): boolean {
  if (error instanceof ConnectionError) return true
  return (error instanceof ProblemError || error instanceof UnexpectedAnswer) && passing.includes(error.status)
}

/**
 * How long to wait after a failed try, in milliseconds: half to all of the doubled wait, so that many callers do not
 * come back at once, and never less than the server asks for. @param tries that were made
 */
export function waitMsAfter (error: unknown, tries: number, firstWaitMs: number): number {
  const waitMs = Math.min(waitMsMax, firstWaitMs * 2 ** (tries - 1)) * (0.5 + Math.random() / 2)
  const headers = error instanceof ProblemError || error instanceof UnexpectedAnswer ? error.headers : undefined
  const askedMs = headers === undefined ? undefined : retryAfterMs(headers)
  return askedMs === undefined ? waitMs : askedMs + waitMs
}

/**
 * What `Retry-After` asks for, in milliseconds: seconds, or a date by the server's clock. Undefined when it is
 * neither.
 */
export function retryAfterMs (headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1_000
  // Date.parse takes more for a date than HTTP does.
  const at = text.endsWith(' GMT') ? Date.parse(text) : NaN
  const serverNow = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(at) ? undefined : Math.max(0, at - (Number.isNaN(serverNow) ? Date.now() : serverNow))
}

/** What `pending` becomes. @throws the signal's reason as soon as it is aborted */
export async function unlessAborted<T> (pending: T | Promise<T>, signal: AbortSignal): Promise<T> {
  // What comes of it once nobody waits is nobody's error, and must not end the process.
  Promise.resolve(pending).catch(() => {})
  signal.throwIfAborted()
  let leave = (): void => {}
  const left = new Promise<void>((resolve) => {
    leave = resolve
  })
  signal.addEventListener('abort', leave)
  try {
    return await Promise.race([
      pending,
      left.then(() => {
        throw signal.reason
      })
    ])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

/** Resolves after `ms`. @throws the signal's reason as soon as it is aborted */
export async function wait (ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    await unlessAborted(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms)
      }),
      signal
    )
  } finally {
    clearTimeout(timer)
  }
}
