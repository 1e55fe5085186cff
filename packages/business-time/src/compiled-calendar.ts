import type { AddOptions, Calendar, OpenInterval, WorkingDayOptions } from './calendar.ts'
import { closedTimeOf } from './combined-opening.ts'
import { assertInstant, assertWord, type Micros } from './micros.ts'
import { INVERSES, OpenTime } from './open-time.ts'
import type { Opening } from './opening.ts'
import type { SeasonalPattern } from './reading.ts'
import { LANDINGS, WorkingDays } from './working-days.ts'
import { type Zone, zoneDataVersion } from './zone.ts'

/** A calendar over any opening; `zone` is the one whose dates it counts. */
export class CompiledCalendar implements Calendar {
  readonly timezone: string
  readonly zoneDataVersion = zoneDataVersion
  readonly zone: Zone
  readonly opening: Opening
  /** What it follows week by week; null for a combination. */
  readonly pattern: SeasonalPattern | null
  private readonly openTime: OpenTime
  private closedTime: OpenTime | null = null
  private workingDays: WorkingDays | null = null

  constructor (timezone: string, zone: Zone, opening: Opening, pattern: SeasonalPattern | null) {
    this.timezone = timezone
    this.zone = zone
    this.opening = opening
    this.pattern = pattern
    this.openTime = new OpenTime(opening)
  }

  isOpen (t: Micros): boolean {
    return this.openTime.isOpen(t)
  }

  add (t: Micros, d: Micros, options?: AddOptions): Micros | null {
    const inverse = options?.inverse
    if (inverse !== undefined) {
      assertWord(inverse, INVERSES, 'inverse')
      return this.openTime.after(t, d, inverse)
    }
    if (d !== 0) return this.openTime.after(t, d, d < 0 ? 'latest' : 'earliest')
    assertInstant(t, 'instant')
    return t
  }

  diff (a: Micros, b: Micros): Micros {
    return this.openTime.between(a, b)
  }

  nextOpen (t: Micros): Micros | null {
    return this.openTime.after(t, 0, 'latest')
  }

  nextClose (t: Micros): Micros | null {
    const open = this.nextOpen(t)
    if (open === null) return null
    this.closedTime ??= new OpenTime(closedTimeOf(this.opening))
    return this.closedTime.after(open, 0, 'latest')
  }

  previousClose (t: Micros): Micros | null {
    return this.openTime.after(t, 0, 'earliest')
  }

  openIntervals (from: Micros, to: Micros): Iterable<OpenInterval> {
    assertInstant(from, 'from')
    assertInstant(to, 'to')
    return { [Symbol.iterator]: () => this.stretches(from, to) }
  }

  addWorkingDays (t: Micros, n: number, options?: WorkingDayOptions): Micros | null {
    this.workingDays ??= new WorkingDays(this.zone, this.openTime)
    const at = options?.at ?? 'sameTime'
    assertWord(at, LANDINGS, 'at')
    return this.workingDays.add(t, n, at)
  }

  /** Asks for no opening or close beyond `to`, so that nothing beyond it is indexed. */
  private *stretches (from: Micros, to: Micros): Generator<OpenInterval, void, undefined> {
    for (let at = from; this.diff(at, to) > 0;) {
      const open = this.nextOpen(at)!
      const close = this.diff(open, to) === to - open ? to : this.nextClose(open)!
      yield { from: open, to: close }
      at = close
    }
  }
}
