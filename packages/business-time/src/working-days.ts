import { EPOCH_DAY } from './local-date.ts'
import { assertCount, assertInstant, DAY, LAST_INSTANT, type Micros } from './micros.ts'
import type { OpenTime } from './open-time.ts'
import { lastAtMost } from './ascending.ts'
import { dateBounds, instantOfWallClock, wallClockAt } from './wall-clock.ts'
import type { Zone } from './zone.ts'

/** Where on a date to land: at the same wall-clock time, at the first opening, or at the last close. */
export type Landing = typeof LANDINGS[number]

export const LANDINGS = ['sameTime', 'open', 'close'] as const

/** Dates are looked at in groups of this many, each once. */
const GROUP = 128

const LAST_GROUP = Math.floor((EPOCH_DAY + LAST_INSTANT / DAY) / GROUP)

/** The dates of a zone that have any open time. */
export class WorkingDays {
  private readonly zone: Zone
  private readonly openTime: OpenTime
  private readonly groups = new Map<number, readonly number[]>()

  constructor (zone: Zone, openTime: OpenTime) {
    this.zone = zone
    this.openTime = openTime
  }

  /** Lands on the `n`-th working date after the date of instant `t`; see `Calendar.addWorkingDays`. */
  add (t: Micros, n: number, at: Landing): Micros | null {
    assertInstant(t, 'instant')
    assertCount(n, 'number of days')
    if (n === 0 && at === 'sameTime') return t
    const { day: today, time } = wallClockAt(this.zone, t)
    const day = n < 0 ? this.before(today, -n) : n > 0 ? this.after(today, n) : this.after(today - 1, 1)
    if (day === null) return null
    if (at !== 'sameTime') return at === 'open' ? this.firstOpening(day) : this.lastClose(day)
    const landing = instantOfWallClock(this.zone, { day, time })
    return landing >= 0 && landing <= LAST_INSTANT ? landing : null
  }

  private after (day: number, n: number): number | null {
    let left = n
    for (let g = Math.floor((day + 1) / GROUP); g <= LAST_GROUP && !this.openTime.endsBefore(startOfGroup(g)); g++) {
      const days = this.group(g)
      const index = lastAtMost(days, day) + left
      if (index < days.length) return days[index]!
      left = index - days.length + 1
    }
    return null
  }

  private before (day: number, n: number): number | null {
    let left = n
    for (let g = Math.floor((day - 1) / GROUP); g >= 0 && !this.openTime.beginsAfter(endOfGroup(g)); g--) {
      const days = this.group(g)
      const index = lastAtMost(days, day - 1) + 1 - left
      if (index >= 0) return days[index]!
      left = -index
    }
    return null
  }

  /** The working dates among the days `GROUP * g` up to the next group. */
  private group (g: number): readonly number[] {
    let days = this.groups.get(g)
    if (days === undefined) {
      days = Array.from({ length: GROUP }, (_, i) => GROUP * g + i).filter((day) => this.firstOpening(day) !== null)
      this.groups.set(g, days)
    }
    return days
  }

  private firstOpening (day: number): Micros | null {
    for (const { from, to } of dateBounds(this.zone, day)) {
      const open = this.openTime.after(from, 0, 'latest')
      if (open !== null && open < to) return open
    }
    return null
  }

  private lastClose (day: number): Micros | null {
    for (const { from, to } of dateBounds(this.zone, day).reverse()) {
      const close = this.openTime.after(Math.min(to, LAST_INSTANT), 0, 'earliest')
      if (close !== null && close > from) return close
    }
    return null
  }
}

/** An instant before the first date of a group starts anywhere on earth. */
function startOfGroup (g: number): Micros {
  return (GROUP * g - EPOCH_DAY - 1) * DAY
}

/** An instant after the last date of a group ends everywhere on earth. */
function endOfGroup (g: number): Micros {
  return (GROUP * (g + 1) - EPOCH_DAY + 1) * DAY
}
