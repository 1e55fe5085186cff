import type { Micros } from '@dueline/business-time'
import type { Clock, Ids } from '@dueline/runtime'

/** A clock that stands still until it is set. */
export interface FakeClock extends Clock {
  /** Jumps to an instant, also backwards. */
  set(to: Micros): void
  /** Moves on by a duration in microseconds. */
  advance(byMicros: number): void
}

/** A clock that shows `start` (microseconds since 1970, UTC) until it is moved. */
export function fakeClock (start: Micros): FakeClock {
  let now = start
  return {
    now: () => now,
    set (to) {
      now = to
    },
    advance (byMicros) {
      now += byMicros
    }
  }
}

/** Identifiers that are valid UUIDv7, growing, and the same in every run; `seed` (0…65,535) keeps two sources apart. */
export function fakeIds (seed = 0): Ids {
  const lane = seed.toString(16).padStart(4, '0')
  let count = 0
  return {
    next () {
      // the counter fills the 48 bits of time, so that the ids sort in the order they were made
      const counter = (0x019000000000 + ++count).toString(16).padStart(12, '0')
      return `${counter.slice(0, 8)}-${counter.slice(8)}-7000-8000-00000000${lane}`
    }
  }
}
