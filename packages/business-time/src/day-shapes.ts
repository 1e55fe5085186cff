import type { Micros } from './micros.ts'
import type { Spans } from './spans.ts'

/** Open times within a day, numbered: shape `s` has the spans `first[s]` up to `first[s + 1]` of `from` and `to`. */
export interface DayShapes {
  readonly first: Int32Array
  readonly from: Float64Array
  readonly to: Float64Array
  /** Total of each shape. */
  readonly open: Float64Array
}

/** Collects the open times of days and numbers them in the order of arrival. */
export class ShapeCollector {
  private readonly collected: Spans[] = []
  private readonly shared = new Map<string, number>()

  /** Takes a shape that needs a number of its own. */
  add (spans: Spans): number {
    return this.collected.push(spans) - 1
  }

  /** Takes a shape that may share its number with an equal one taken by `share`. */
  share (spans: Spans): number {
    const key = spans.join()
    let shape = this.shared.get(key)
    if (shape === undefined) {
      shape = this.add(spans)
      this.shared.set(key, shape)
    }
    return shape
  }

  finish (): DayShapes {
    const first = new Int32Array(this.collected.length + 1)
    this.collected.forEach((spans, shape) => { first[shape + 1] = first[shape]! + spans.length / 2 })
    const flat = this.collected.flat()
    return {
      first,
      from: Float64Array.from({ length: flat.length / 2 }, (_, i) => flat[2 * i]!),
      to: Float64Array.from({ length: flat.length / 2 }, (_, i) => flat[2 * i + 1]!),
      open: Float64Array.from(this.collected, openIn)
    }
  }
}

/** The length of spans taken together. */
export function openIn (spans: Spans): Micros {
  let open = 0
  for (let i = 0; i < spans.length; i += 2) open += spans[i + 1]! - spans[i]!
  return open
}
