/** The last index whose value is at most `value`; -1 when there is none. `values` ascends. */
export function lastAtMost (values: Float64Array, value: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Cells per value: with four, the search within a cell is nearly always no step or one. */
const CELLS_PER_VALUE = 4

/**
 * Finds a value's place among ascending `steps` in constant time when they lie evenly, and never in more than a binary
 * search: the line between the first and the last step is divided into cells, and each knows the steps within it.
 */
export class StepIndex {
  private readonly steps: Float64Array
  private readonly low: number
  private readonly scale: number
  private readonly cells: Int32Array

  constructor (steps: Float64Array, high: number) {
    this.steps = steps
    this.low = steps[0]!
    const count = steps.length * CELLS_PER_VALUE
    this.scale = count / Math.max(high - this.low, 1)
    this.cells = new Int32Array(count + 2)
    let step = 0
    for (let cell = 0; cell <= count; cell++) {
      while (step < steps.length && Math.floor((steps[step]! - this.low) * this.scale) < cell) step++
      this.cells[cell] = Math.max(step - 1, 0)
    }
    this.cells[count + 1] = steps.length - 1
  }

  at (index: number): number {
    return this.steps[index]!
  }

  /** The last index whose step is at most `value`; 0 when there is none. For values up to `high`. */
  find (value: number): number {
    const cell = (value - this.low) * this.scale | 0
    let first = this.cells[cell]!
    let last = this.cells[cell + 1]!
    while (first < last) {
      const middle = (first + last + 1) >> 1
      if (this.steps[middle]! <= value) first = middle
      else last = middle - 1
    }
    return first
  }
}
