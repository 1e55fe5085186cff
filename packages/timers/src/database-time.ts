import type { Micros } from '@dueline/business-time'

const samplesMax = 9

/**
 * The database's clock as seen from here: its offset to this process's monotonic clock, the median of the last nine
 * answers. Two owners of a row agree on "due" only by the database's time; this one decides merely when to ask.
 */
export class DatabaseTime {
  #offsets: number[] = []
  #offset: number | undefined

  /** Whether the database has answered yet. */
  get known (): boolean { return this.#offset !== undefined }

  /**
   * Takes an answer: `now()` of a statement that was sent at `sentAt` (monotonic microseconds). The way to the server is
   * deliberately counted in: a statement sent when `now()` reaches an instant arrives no earlier than it.
   */
  observe (databaseNow: Micros, sentAt: number): void {
    this.#offsets.push(databaseNow - sentAt)
    if (this.#offsets.length > samplesMax) this.#offsets.shift()
    const sorted = [...this.#offsets].sort((a, b) => a - b)
    this.#offset = sorted[sorted.length >> 1]
  }

  /** The database's time, about the length of one trip ahead; only when `known`. */
  now (): Micros {
    return Math.floor(monotonicMicros() + (this.#offset ?? 0))
  }
}

/** Microseconds of a clock that never jumps; its zero is the start of the process. */
export function monotonicMicros (): number {
  return performance.now() * 1000
}
