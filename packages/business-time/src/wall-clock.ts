import { EPOCH_DAY } from './local-date.ts'
import { DAY, type Micros } from './micros.ts'
import { type Bounds, RANGE_END } from './range.ts'
import type { Zone } from './zone.ts'

/** No zone's wall clock is farther from UTC, nor was moved farther at once. */
const FARTHEST = 2 * DAY

/**
 * A wall-clock reading: a day number and the time since its midnight, apart because together they may be no safe
 * integer.
 */
export interface WallClock {
  readonly day: number
  readonly time: Micros
}

/** What the wall clock of `zone` shows at instant `t`. */
export function wallClockAt (zone: Zone, t: Micros): WallClock {
  const utcDay = Math.floor(t / DAY)
  const time = t - utcDay * DAY + zone.within({ from: t, to: t + 1 }).offsets[0]!
  const over = Math.floor(time / DAY)
  return { day: utcDay + over + EPOCH_DAY, time: time - over * DAY }
}

/**
 * The instant at which the wall clock of `zone` shows a reading. One that is shown twice is taken the first time; one
 * that is skipped is moved on by the length of the gap. May lie outside the range.
 */
export function instantOfWallClock (zone: Zone, { day, time }: WallClock): Micros {
  const midnight = (day - EPOCH_DAY) * DAY
  const { starts, offsets } = zone.within({ from: midnight - FARTHEST, to: midnight + FARTHEST })
  let i = 0
  while (i + 1 < starts.length && midnight + (time - offsets[i]!) >= starts[i + 1]!) i++
  const t = midnight + (time - offsets[i]!)
  return i > 0 && t < starts[i]! ? midnight + (time - offsets[i - 1]!) : t
}

/**
 * The instants of the range whose local date is the day of that number; usually one interval, none for a date that
 * never was.
 */
export function dateBounds (zone: Zone, day: number): Bounds[] {
  const midnight = (day - EPOCH_DAY) * DAY
  const { starts, offsets } = zone.within({ from: midnight - FARTHEST, to: midnight + FARTHEST })
  const result: Bounds[] = []
  offsets.forEach((offset, i) => {
    const from = Math.max(midnight - offset, i === 0 ? 0 : starts[i]!)
    const to = Math.min(midnight + DAY - offset, starts[i + 1] ?? RANGE_END)
    if (from < to) result.push({ from, to })
  })
  return result
}
