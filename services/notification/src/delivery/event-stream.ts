import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Micros } from '@dueline/business-time'
import { baseErrors, encodeCursor, Problem, type Principal } from '@dueline/http'
import type { Role } from '@dueline/contracts'
import type { EventFilter, Reader } from '../domain/event-scope.ts'

/** Why a stream ended; its reader learns it before, unless it left. */
export type StreamEnd =
  | 'left'
  | 'token_expired'
  | 'person_inactive'
  | 'access_withdrawn'
  | 'role_changed'
  | 'too_slow'
  | 'stopping'
  | 'failed'

/** How long the last words of a stream may take to go out. */
const partingMs = 5_000

/** What a stream sends, to whom. */
export interface StreamOptions {
  readonly principal: Principal
  /** Who would open it now; `anew`: whatever is remembered. */
  readonly again: (how: { anew: boolean }) => Promise<Principal>
  readonly reader: Reader
  /** The role of its reader's person when it was opened; undefined where that is not known. */
  readonly personRole: Role | undefined
  readonly filter: EventFilter
  /** Position of the feed after which it begins. */
  readonly after: number
  /** Where the feed ended when it was opened. */
  readonly feedEnd: number
  /** Until when its reader may read; microseconds. */
  readonly endsAt: Micros
  readonly raw: ServerResponse
}

/** An open stream of server-sent events. */
export class EventStream {
  readonly tenantId: string
  /** One for every stream of the same caller. */
  readonly caller: string
  readonly reader: Reader
  readonly personRole: Role | undefined
  readonly filter: EventFilter
  readonly endsAt: Micros
  /** Everything up to here has been sent, as far as it is for its reader. */
  after: number
  /** When something was written last, on the clock of `performance`. */
  wroteMs = performance.now()
  /** When it was last looked at who its reader is, on the same clock. */
  askedMs = performance.now()
  #isOver = false
  readonly #raw: ServerResponse
  readonly #again: StreamOptions['again']
  /** Whose stream it is; a program's is that of no person who has an inbox. */
  readonly #personId: string

  constructor ({ principal, again, reader, personRole, filter, after, endsAt, raw }: StreamOptions) {
    this.tenantId = principal.tenantId
    this.caller = callerOf(principal)
    this.reader = reader
    this.personRole = personRole
    this.filter = filter
    this.after = after
    this.endsAt = endsAt
    this.#raw = raw
    this.#again = again
    this.#personId = principal.personId
  }

  /** Why its reader may not read any more; undefined while it may, or while nobody can say. */
  async withdrawn (how: { anew: boolean }): Promise<StreamEnd | undefined> {
    this.askedMs = performance.now()
    try {
      const { personId } = await this.#again(how)
      return personId === this.#personId ? undefined : 'access_withdrawn'
    } catch (error) {
      if (!(error instanceof Problem) || error.entry.status >= 500) return undefined
      return error.entry === baseErrors.person_inactive ? 'person_inactive' : 'access_withdrawn'
    }
  }

  get isOver (): boolean {
    return this.#isOver || this.#raw.destroyed
  }

  /** Writes frames. False: the reader has not taken what was written before; wait until it has (`drained`). */
  write (frames: Buffer | string): boolean {
    if (this.isOver) return true
    this.wroteMs = performance.now()
    return this.#raw.write(frames)
  }

  /** Whether the reader takes all that was written within `ms`. */
  async drained (ms: number): Promise<boolean> {
    const ended = new AbortController()
    const { signal } = ended
    const timer = setTimeout(() => ended.abort(), ms)
    await Promise.race([once(this.#raw, 'drain', { signal }), once(this.#raw, 'close', { signal })]).catch(() => {})
    clearTimeout(timer)
    ended.abort()
    return this.isOver || !this.#raw.writableNeedDrain
  }

  /** Says to the reader why, and ends. */
  end (reason: StreamEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#raw.destroyed) return
    this.#raw.end(`event: stream-ended\ndata: {"reason":"${reason}"}\n\n`)
    // a reader that takes nothing must not keep the connection
    setTimeout(() => this.#raw.destroy(), partingMs).unref()
  }
}

/** One name for every token of the same caller. */
export function callerOf ({ tenantId, subject }: Principal): string {
  return `${tenantId} ${subject}`
}

/** Where a reader stands in its tenant's feed, as text that means nothing to it. */
export function cursorOf (position: number): string {
  return encodeCursor({ position })
}

/** An event as a frame of a stream; `text`: the event in JSON. */
export function frameOf (position: number, type: string, text: string): string {
  return `event: ${type}\nid: ${cursorOf(position)}\ndata: ${text}\n\n`
}
