import { fillCells } from './ascending.ts'
import { EPOCH_DAY } from './local-date.ts'
import { DAY, WEEK, type Micros } from './micros.ts'
import type { WeekReader } from './opening.ts'
import { RANGE_END, startOfWeek } from './range.ts'
import { CELLS, WeekShapeCollector } from './week-shapes.ts'

/** Line time is counted from Monday 1970-01-05, so that it stays a safe integer to the end of the range. */
const LINE_WEEK = 2
const LINE_SHIFT = (EPOCH_DAY - 7 * LINE_WEEK) * DAY

/** Open time is counted from here in the first week, so that it too stays a safe integer to the end of the range. */
export const FIRST_OPEN = -2 * WEEK

/** With so many cells for each week, a look-up is nearly always right at once. */
const CELLS_PER_WEEK = 8

/**
 * Open time as a function of the instant, and its inverse, over some weeks of a line.
 *
 * The line is UTC moved by a constant. Each week has the open time before it and a shape, which it shares with all
 * weeks like it; so both directions are one look-up of a week and one within its shape, whatever the span and the
 * number of holidays.
 */
export class Timeline {
  /** The instants of the range it covers: `[from, to)`. */
  readonly from: Micros
  readonly to: Micros
  /** Open time at the end of the last week. */
  readonly endOpen: Micros
  private readonly shift: Micros
  private readonly firstWeek: number
  /** By week, and at the end of the last. */
  private readonly opens: Float64Array
  private readonly shapeOf: Uint16Array
  private readonly parts: Float64Array
  private readonly dayPart: Int32Array
  private readonly cellPart: Int32Array
  private readonly cellScale: Float64Array
  private readonly cells: Uint16Array
  private readonly scale: number

  constructor (read: WeekReader, firstWeek: number, endWeek: number, shift: Micros) {
    const count = endWeek - firstWeek
    this.from = Math.max(0, startOfWeek(firstWeek, shift))
    this.to = Math.min(RANGE_END, startOfWeek(endWeek, shift))
    this.shift = shift + LINE_SHIFT
    this.firstWeek = firstWeek
    this.opens = new Float64Array(count + 1)
    this.shapeOf = new Uint16Array(count)
    const collector = new WeekShapeCollector()
    this.opens[0] = FIRST_OPEN
    for (let w = 0; w < count; w++) {
      const shape = collector.number(read(firstWeek + w))
      this.shapeOf[w] = shape
      this.opens[w + 1] = this.opens[w]! + collector.openIn(shape)
    }
    const shapes = collector.finish()
    this.parts = shapes.parts
    this.dayPart = shapes.dayPart
    this.cellPart = shapes.cellPart
    this.cellScale = shapes.cellScale
    this.endOpen = this.opens[count]!
    this.cells = new Uint16Array(CELLS_PER_WEEK * count + 2)
    fillCells(this.cells, this.opens.subarray(0, count), this.endOpen, CELLS_PER_WEEK * count)
    this.scale = CELLS_PER_WEEK * count / (this.endOpen - FIRST_OPEN)
  }

  has (t: Micros): boolean {
    return t >= this.from && t < this.to && Number.isInteger(t)
  }

  /** Open time up to instant `t`. For `from <= t < to`. */
  openUntil (t: Micros): Micros {
    const x = t + this.shift
    const day = (Math.floor(x / DAY) | 0) + 7 * LINE_WEEK
    const week = day / 7 | 0
    const time = x - (week - LINE_WEEK) * WEEK
    const w = week - this.firstWeek
    const parts = this.parts
    let p = this.dayPart[7 * this.shapeOf[w]! + day - 7 * week]!
    while (parts[p + 3]! <= time) p += 4
    return this.opens[w]! + (parts[p]! + Math.min(Math.max(time, parts[p + 1]!), parts[p + 2]!))
  }

  /** Whether instant `t` is open. For `from <= t < to`. */
  isOpen (t: Micros): boolean {
    const x = t + this.shift
    const day = (Math.floor(x / DAY) | 0) + 7 * LINE_WEEK
    const week = day / 7 | 0
    const time = x - (week - LINE_WEEK) * WEEK
    const parts = this.parts
    let p = this.dayPart[7 * this.shapeOf[week - this.firstWeek]! + day - 7 * week]!
    while (parts[p + 3]! <= time) p += 4
    return time >= parts[p + 1]! && time < parts[p + 2]!
  }

  /**
   * The instant at which the open microsecond `n` begins: the last one with `openUntil(instant) = n`. For
   * `FIRST_OPEN <= n < endOpen`.
   */
  openingAt (n: Micros): Micros {
    const cell = (n - FIRST_OPEN) * this.scale | 0
    const opens = this.opens
    let w = this.cells[cell]!
    let last = this.cells[cell + 1]!
    while (w < last) {
      const middle = (w + last + 1) >> 1
      if (opens[middle]! <= n) w = middle
      else last = middle - 1
    }
    const open = n - opens[w]!
    const parts = this.parts
    const shape = this.shapeOf[w]!
    let p = this.cellPart[CELLS * shape + (open * this.cellScale[shape]! | 0)]!
    while (open >= parts[p]! + parts[p + 2]!) p += 4
    return (w + this.firstWeek - LINE_WEEK) * WEEK + (open - parts[p]! - this.shift)
  }
}
