import { setTimeout as pause } from 'node:timers/promises'
import { backoff, traceHeaders, type Logger } from '@dueline/runtime'
import { baseErrors, problem } from './errors.ts'

/** Another service that is asked over HTTP, in the caller's name, while a request waits for the answer. */
export interface Upstream {
  /**
   * What it answers at `path`; undefined when it does not exist for the caller (404). An upstream that is away, busy,
   * or answers what `isAnswer` does not know is asked up to three times, with growing waits, within `timeoutMs`.
   * @throws Problem 503 that names the upstream when none of that brought an answer
   * @throws {UpstreamRefusal} for any other refusal
   */
  get<Answer>(
    path: string,
    authorization: string,
    isAnswer: (body: unknown) => body is Answer
  ): Promise<Answer | undefined>
}

/**
 * An upstream refused a question (400, 401, 403 …): this service asked what it may not, or wrongly. Answered with 500
 * and logged as an error, since it is nothing that the caller could mend.
 */
export class UpstreamRefusal extends Error {
  readonly status: number
  /** What the upstream says of it to its caller. */
  readonly detail: string | undefined
  constructor (upstream: string, path: string, status: number, detail?: string) {
    super(`${upstream} refused GET ${path} with ${status}, which this service must not bring about`)
    this.name = 'UpstreamRefusal'
    this.status = status
    this.detail = detail
  }
}

export interface UpstreamOptions {
  /** As in `the ticket service`: what problems and logs call it. */
  readonly name: string
  /** Its base address; undefined: nobody is asked. */
  readonly url: string | undefined
  /** Longest wait for an answer in milliseconds, all attempts together. */
  readonly timeoutMs: number
  readonly logger: Logger
}

const attemptsMax = 3
const waits = backoff({ initialMs: 50, maxMs: 500, factor: 4 })
/** Answers that another attempt may change: too slow, too early, too many. */
const busy: ReadonlySet<number> = new Set([408, 425, 429])

/** An upstream, unless there is no address of it. Nothing connects before the first question. */
export function createUpstream ({ name, url, timeoutMs, logger }: UpstreamOptions): Upstream | undefined {
  if (url === undefined) return undefined
  const base = url.replace(/\/$/, '')

  async function ask (path: string, authorization: string, signal: AbortSignal): Promise<Response | undefined> {
    // Questions are rare, as answers are remembered; a connection that is kept for the next holds up whoever stops.
    const response = await fetch(base + path, {
      headers: { authorization, accept: 'application/json', connection: 'close', ...traceHeaders() },
      redirect: 'error',
      signal
    })
    if (response.ok) return response
    const { status } = response
    const { detail } = status === 401 ? await problemOf(response) : {}
    if (!response.bodyUsed) await response.body?.cancel()
    if (status === 404) return undefined
    if (status >= 400 && status < 500 && !busy.has(status)) throw new UpstreamRefusal(name, path, status, detail)
    throw new Error(`${name} answered ${status}`)
  }

  return {
    async get (path, authorization, isAnswer) {
      const signal = AbortSignal.timeout(timeoutMs)
      for (let attempt = 1;; attempt++) {
        try {
          const response = await ask(path, authorization, signal)
          if (response === undefined) return undefined
          const body: unknown = await response.json()
          if (isAnswer(body)) return body
          throw new Error(`${name} answered what is not understood`)
        } catch (error) {
          if (error instanceof UpstreamRefusal) throw error
          logger.warn({ err: error, path, attempt }, `${name} could not be asked`)
          if (attempt === attemptsMax || !await isOver(waits.nextMs(attempt), signal)) return away(name, error)
        }
      }
    }
  }
}

/** What a refusal says to the caller, where it is a problem. */
async function problemOf (response: Response): Promise<{ detail?: string }> {
  const { detail } = (await response.json().catch(() => null) ?? {}) as { detail?: unknown }
  return typeof detail === 'string' ? { detail } : {}
}

/** Whether the wait went by before the time for all attempts did. */
async function isOver (waitMs: number, signal: AbortSignal): Promise<boolean> {
  return await pause(waitMs, true, { signal }).catch(() => false)
}

function away (name: string, cause: unknown): never {
  return problem(baseErrors.unavailable, {
    detail: `${name} cannot be asked at the moment`,
    headers: { 'retry-after': '2' },
    cause
  })
}
