import { type DayShapes, ShapeCollector } from './day-shapes.ts'
import { EPOCH_DAY } from './local-date.ts'
import { DAY, LAST_INSTANT, type Micros } from './micros.ts'
import type { Spans } from './spans.ts'

/**
 * What is open when, before it is indexed. The years 1970–2255 are cut into stretches; in each of them local time is
 * UTC plus one offset and days follow one weekly pattern. Exceptional days have their own open time.
 * Where there are several patterns, each stretch starts with a day.
 */
export interface TimelinePlan {
  /** First instant of each stretch; the first is 0. */
  readonly starts: Float64Array
  /** Local time minus UTC in each stretch. */
  readonly offsets: Float64Array
  /** Which pattern each stretch follows; left out when there is only one. */
  readonly patternOf?: Int32Array
  /** Seven days each, Monday first. */
  readonly patterns: ReadonlyArray<readonly Spans[]>
  readonly exceptions: ReadonlyMap<number, Spans>
}

/** Local time is counted from Monday 1970-01-05, so that it stays a safe integer to the end of the range. */
const LINE_SHIFT = -4 * DAY
const LINE_DAYS = EPOCH_DAY + 4

/**
 * Open time as a function of the instant: `openUntil` (microseconds open since 1970) and its inverse `openingAt`.
 * Both are a few table look-ups, whatever the span and the number of exceptional days.
 */
export class Timeline {
  /** Open microseconds in the whole range. */
  readonly openInAll: Micros
  private readonly starts: Float64Array
  private readonly shifts: Float64Array
  private readonly firstShapes: Int32Array
  private readonly bases: Float64Array
  private readonly openAtStart: Float64Array
  private readonly shapes: DayShapes
  private readonly weekdayOpen: Float64Array
  private readonly weekOpen: Float64Array
  private readonly exceptionDays: Int32Array
  private readonly exceptionShapes: Int32Array
  private readonly exceptionOpen: Float64Array
  private readonly corrections: Float64Array
  private readonly rankWords: Int32Array
  private readonly rankBefore: Int32Array
  private readonly firstWord: number

  constructor (plan: TimelinePlan) {
    const count = plan.starts.length
    this.starts = plan.starts
    this.shifts = plan.offsets.map(offset => offset + LINE_SHIFT)
    this.firstShapes = new Int32Array(count)
    plan.patternOf?.forEach((pattern, i) => { this.firstShapes[i] = 7 * pattern })
    const collector = new ShapeCollector()
    for (const week of plan.patterns) for (const spans of week) collector.add(spans)
    const days = Int32Array.from(plan.exceptions.keys()).sort()
    this.exceptionDays = days
    this.exceptionShapes = Int32Array.from(days, day => collector.share(plan.exceptions.get(day)!))
    const shapes = collector.finish()
    this.shapes = shapes
    this.weekdayOpen = new Float64Array(7 * plan.patterns.length)
    this.weekOpen = new Float64Array(7 * plan.patterns.length)
    for (let p = 0; p < plan.patterns.length; p++) {
      let open = 0
      for (let s = 7 * p; s < 7 * p + 7; s++) {
        this.weekdayOpen[s] = open
        open += shapes.open[s]!
      }
      this.weekOpen.fill(open, 7 * p, 7 * p + 7)
    }
    // exceptions
    this.firstWord = days.length === 0 ? 0 : days[0]! >> 5
    const words = days.length === 0 ? 0 : (days.at(-1)! >> 5) - this.firstWord + 1
    this.rankWords = new Int32Array(words)
    this.rankBefore = new Int32Array(words)
    this.corrections = new Float64Array(days.length + 1)
    this.exceptionOpen = new Float64Array(days.length)
    for (let k = 0; k < days.length; k++) {
      const day = days[k]!
      this.rankWords[(day >> 5) - this.firstWord]! |= 1 << (day & 31)
      const stretch = plan.patternOf === undefined ? 0 : lastAtMost(this.starts, (day - EPOCH_DAY) * DAY, 0, count)
      const pattern = this.firstShapes[stretch]!
      const week = Math.floor(day / 7)
      const regular = pattern + day - 7 * week
      this.exceptionOpen[k] = week * this.weekOpen[pattern]! + this.weekdayOpen[regular]! + this.corrections[k]!
      this.corrections[k + 1] = this.corrections[k]! + shapes.open[this.exceptionShapes[k]!]! - shapes.open[regular]!
    }
    let rank = 0
    for (let w = 0; w < words; w++) {
      this.rankBefore[w] = rank
      rank += bitCount(this.rankWords[w]!)
    }
    // stretches
    this.bases = new Float64Array(count)
    this.openAtStart = new Float64Array(count + 1)
    for (let i = 0; i < count; i++) {
      this.bases[i] = this.openAtStart[i]! - this.openOnLine(i, this.starts[i]! + this.shifts[i]!)
      const end = i + 1 < count ? this.starts[i + 1]! : LAST_INSTANT
      this.openAtStart[i + 1] = this.bases[i]! + this.openOnLine(i, end + this.shifts[i]!)
    }
    this.openInAll = this.openAtStart[count]!
  }

  /** Open microseconds from 1970 up to instant `t`. */
  openUntil (t: Micros): Micros {
    const i = lastAtMost(this.starts, t, 0, this.starts.length)
    return this.bases[i]! + this.openOnLine(i, t + this.shifts[i]!)
  }

  isOpen (t: Micros): boolean {
    const i = lastAtMost(this.starts, t, 0, this.starts.length)
    const x = t + this.shifts[i]!
    const lineDay = Math.floor(x / DAY)
    const time = x - lineDay * DAY
    const day = lineDay + LINE_DAYS
    const rank = this.rank(day)
    const shape = rank & 1 ? this.exceptionShapes[rank >> 1]! : this.firstShapes[i]! + day % 7
    const { first, from, to } = this.shapes
    for (let j = first[shape]!; j < first[shape + 1]!; j++) {
      if (time < to[j]!) return time >= from[j]!
    }
    return false
  }

  /** The instant at which the open microsecond number `n` (from 0, since 1970) starts: the last at which `openUntil` is `n`. For 0 <= n < openInAll. */
  openingAt (n: Micros): Micros {
    const i = lastAtMost(this.openAtStart, n, 0, this.starts.length)
    const rest = n - this.bases[i]!
    const k = lastAtMost(this.exceptionOpen, rest, this.firstExceptionOf(i), this.endExceptionOf(i))
    let day
    let shape
    let open
    if (k >= 0 && rest - this.exceptionOpen[k]! < this.shapes.open[this.exceptionShapes[k]!]!) {
      day = this.exceptionDays[k]!
      shape = this.exceptionShapes[k]!
      open = rest - this.exceptionOpen[k]!
    } else {
      const regular = rest - this.corrections[k + 1]!
      const pattern = this.firstShapes[i]!
      const week = Math.floor(regular / this.weekOpen[pattern]!)
      open = regular - week * this.weekOpen[pattern]!
      let weekday = 6
      while (this.weekdayOpen[pattern + weekday]! > open) weekday--
      shape = pattern + weekday
      day = 7 * week + weekday
      open -= this.weekdayOpen[shape]!
    }
    const { first, from, to } = this.shapes
    let j = first[shape]!
    while (open >= to[j]! - from[j]!) {
      open -= to[j]! - from[j]!
      j++
    }
    return (day - LINE_DAYS) * DAY + (from[j]! + open - this.shifts[i]!)
  }

  private firstExceptionOf (i: number): number {
    return this.rank(Math.floor((this.starts[i]! + this.shifts[i]!) / DAY) + LINE_DAYS) >> 1
  }

  private endExceptionOf (i: number): number {
    const end = i + 1 < this.starts.length ? this.starts[i + 1]! : LAST_INSTANT
    return this.rank(Math.floor((end - 1 + this.shifts[i]!) / DAY) + LINE_DAYS + 1) >> 1
  }

  private openOnLine (i: number, x: number): Micros {
    const lineDay = Math.floor(x / DAY)
    const time = x - lineDay * DAY
    const day = lineDay + LINE_DAYS
    const rank = this.rank(day)
    const week = Math.floor(day / 7)
    const pattern = this.firstShapes[i]!
    const regular = pattern + day - 7 * week
    const shape = rank & 1 ? this.exceptionShapes[rank >> 1]! : regular
    const { first, from, to } = this.shapes
    let open = week * this.weekOpen[pattern]! + this.weekdayOpen[regular]! + this.corrections[rank >> 1]!
    for (let j = first[shape]!; j < first[shape + 1]! && time > from[j]!; j++) open += Math.min(time, to[j]!) - from[j]!
    return open
  }

  /** Twice the number of exceptional days before `day`, plus one if it is exceptional itself. */
  private rank (day: number): number {
    const word = (day >> 5) - this.firstWord
    if (word < 0) return 0
    if (word >= this.rankWords.length) return 2 * this.exceptionDays.length
    const bits = this.rankWords[word]!
    const before = this.rankBefore[word]! + bitCount(bits & ((1 << (day & 31)) - 1))
    return 2 * before + (bits >>> (day & 31) & 1)
  }
}

/** The last index in `[low, high)` whose value is at most `value`; `low - 1` when there is none. `values` ascends. */
export function lastAtMost (values: Float64Array, value: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

function bitCount (bits: number): number {
  bits -= bits >>> 1 & 0x55555555
  bits = (bits & 0x33333333) + (bits >>> 2 & 0x33333333)
  return Math.imul(bits + (bits >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24
}
