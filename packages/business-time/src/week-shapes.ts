import { DAY, WEEK, type Micros } from './micros.ts'
import type { WeekOfDays } from './opening.ts'
import { merged, type Spans } from './spans.ts'
import { fillCells } from './ascending.ts'

/** Cells of a week's open time: enough to tell its parts apart nearly always. */
export const CELLS = 32

/**
 * Weeks, numbered, as the parts in which they are open. A part is four numbers: what to add to a time within it to get
 * the open time of the week so far, its start, its end, and the start of the next part. Each week ends with an empty
 * part.
 */
export interface WeekShapes {
  readonly parts: Float64Array
  /** By shape and weekday: the first part that ends after the day begins. */
  readonly dayPart: Int32Array
  /** By shape and cell of its open time: a part at or before which that open time is not yet reached. */
  readonly cellPart: Int32Array
  /** By shape: cells per open microsecond. */
  readonly cellScale: Float64Array
}

/** Numbers the weeks it is given; weeks that are alike get one number. */
export class WeekShapeCollector {
  private readonly weekByObject = new Map<WeekOfDays, number>()
  private readonly weekByDays = new Map<string, number>()
  private readonly dayByObject = new Map<Spans, number>()
  private readonly dayByContent = new Map<string, number>()
  private readonly opens: Micros[] = []
  private readonly parts: number[] = []
  private readonly dayPart: number[] = []
  private readonly cellPart: number[] = []

  number (week: WeekOfDays): number {
    let shape = this.weekByObject.get(week)
    if (shape === undefined) {
      const key = week.map((day) => this.dayNumber(day)).join()
      shape = this.weekByDays.get(key) ??
        this.add(merged(week.flatMap((day, weekday) => day.map((time) => time + weekday * DAY))))
      this.weekByDays.set(key, shape)
      this.weekByObject.set(week, shape)
    }
    return shape
  }

  openIn (shape: number): Micros {
    return this.opens[shape]!
  }

  finish (): WeekShapes {
    return {
      parts: Float64Array.from(this.parts),
      dayPart: Int32Array.from(this.dayPart),
      cellPart: Int32Array.from(this.cellPart),
      cellScale: Float64Array.from(this.opens, (open) => CELLS / open)
    }
  }

  private dayNumber (day: Spans): number {
    let number = this.dayByObject.get(day)
    if (number === undefined) {
      const key = day.join()
      number = this.dayByContent.get(key) ?? this.dayByContent.size
      this.dayByContent.set(key, number)
      this.dayByObject.set(day, number)
    }
    return number
  }

  private add (spans: readonly number[]): number {
    const first = this.parts.length
    const partOpens: Micros[] = []
    let open = 0
    for (let i = 0; i < spans.length; i += 2) {
      partOpens.push(open)
      this.parts.push(open - spans[i]!, spans[i]!, spans[i + 1]!, spans[i + 2] ?? Infinity)
      open += spans[i + 1]! - spans[i]!
    }
    this.parts.push(open - WEEK, WEEK, WEEK, Infinity)
    for (let weekday = 0, i = 0; weekday < 7; weekday++) {
      while (i < spans.length && spans[i + 1]! <= weekday * DAY) i += 2
      this.dayPart.push(first + 2 * i)
    }
    const cells = new Uint16Array(CELLS)
    if (open > 0) fillCells(cells, partOpens, open, CELLS)
    for (const part of cells) this.cellPart.push(first + 4 * part)
    return this.opens.push(open) - 1
  }
}
