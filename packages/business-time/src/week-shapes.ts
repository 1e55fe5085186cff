import { DAY, WEEK, type Micros } from './micros.ts'
import type { WeekOfDays } from './opening.ts'
import { merged } from './spans.ts'
import { cellsOf } from './step-index.ts'

/** Cells of a week's open time: enough to tell its parts apart nearly always. */
export const CELLS = 32

/**
 * Weeks, numbered, as the parts in which they are open. A part is four numbers: what to add to a time within it to get the open
 * time of the week so far, its start, its end, and the start of the next part. Each week ends with an empty part.
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
  private readonly byObject = new Map<WeekOfDays, number>()
  private readonly byContent = new Map<string, number>()
  private readonly opens: Micros[] = []
  private readonly parts: number[] = []
  private readonly dayPart: number[] = []
  private readonly cellPart: number[] = []

  number (week: WeekOfDays): number {
    let shape = this.byObject.get(week)
    if (shape !== undefined) return shape
    const spans = merged(week.flatMap((day, weekday) => day.map(time => time + weekday * DAY)))
    const key = spans.join()
    shape = this.byContent.get(key)
    if (shape === undefined) {
      shape = this.add(spans)
      this.byContent.set(key, shape)
    }
    this.byObject.set(week, shape)
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
      cellScale: Float64Array.from(this.opens, open => CELLS / open)
    }
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
    this.cellPart.push(...(open === 0 ? Array<number>(CELLS).fill(first) : cellsOf(partOpens, open, CELLS).map(part => first + 4 * part)))
    return this.opens.push(open) - 1
  }
}
