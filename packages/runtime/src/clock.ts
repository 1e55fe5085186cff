import type { Micros } from '@dueline/business-time'

/** Where "now" comes from. Everything that needs the time takes a Clock; nothing else reads the system's. */
export interface Clock {
  /** The present instant in microseconds since 1970-01-01T00:00Z. */
  now(): Micros
}

/** The two raw readings a Clock is made of, both in milliseconds. Replaced in tests only. */
export interface ClockSources {
  /** Wall time, whole milliseconds; follows NTP and an operator's `date -s`. */
  wallMs(): number
  /** Monotonic time with sub-microsecond resolution; its zero is arbitrary. */
  monotonicMs(): number
  /** First guess of wall minus monotonic time. */
  originMs: number
}

/** A wall clock set back by less than this is waited out; by more, it is followed. */
const resyncMs = 5

/**
 * A clock with true microseconds that follows the system's. `Date.now` has only milliseconds and
 * `performance.now` never hears of NTP, so the monotonic reading is kept inside the millisecond that
 * the wall clock shows. It does not go backwards, except when the wall clock was set back by 5 ms or more.
 */
export function createSystemClock (sources: ClockSources): Clock {
  let offset = sources.originMs
  let last = 0
  return {
    now () {
      const before = sources.wallMs()
      const monotonic = sources.monotonicMs()
      // Two wall readings around the monotonic one: being suspended between them is no drift.
      const after = sources.wallMs()
      let ms = monotonic + offset
      if (ms < before || ms >= after + 1) {
        ms = ms < before ? before : after + 0.999
        offset = ms - monotonic
      }
      const micros = Math.floor(ms * 1000)
      if (micros < last && last - micros < resyncMs * 1000) return last
      last = micros
      return micros
    }
  }
}

/** The clock of the machine. */
export const systemClock: Clock = createSystemClock({
  wallMs: Date.now,
  monotonicMs: () => performance.now(),
  originMs: performance.timeOrigin
})
