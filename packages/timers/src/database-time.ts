import type { Micros } from '@dueline/business-time'

const answersMax = 9

/**
 * The database's clock as seen from here: its offset to this process's monotonic clock, from that one of the last nine
 * answers which came back fastest (as NTP chooses; a median is off by half the load of the machine). The database alone
 * decides what is due; this one decides merely when to ask.
 */
export class DatabaseTime {
  #answers: Array<{ offset: number, tripMicros: number }> = []
  #offset: number | undefined

  /** Whether the database has answered yet. */
  get known (): boolean {
    return this.#offset !== undefined
  }

  /**
   * Takes an answer: `now()` of a statement sent at `sentAt` and answered at `answeredAt` (monotonic microseconds). The
   * way to the server is deliberately counted in: what is sent when `now()` reaches an instant arrives about then.
   */
  observe (databaseNow: Micros, sentAt: number, answeredAt: number): void {
    this.#answers.push({ offset: databaseNow - sentAt, tripMicros: answeredAt - sentAt })
    if (this.#answers.length > answersMax) this.#answers.shift()
    this.#offset = this.#answers.reduce((best, each) => each.tripMicros < best.tripMicros ? each : best).offset
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
