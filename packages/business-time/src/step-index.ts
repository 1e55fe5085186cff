/** The last index whose value is at most `value`; -1 when there is none. `values` ascends. */
export function lastAtMost (values: ArrayLike<number>, value: number): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

/**
 * For each of `count` equal cells of `[steps[0], high)`: the last index whose step lies in an earlier cell, or 0.
 * The place of a value among `steps` is then at or after the entry of its cell, `(value - steps[0]) * (count / (high - steps[0])) | 0`,
 * and at or before the entry of the next.
 */
export function cellsOf (steps: ArrayLike<number>, high: number, count: number): number[] {
  const low = steps[0]!
  const scale = count / (high - low)
  const cells: number[] = []
  let passed = 0
  for (let cell = 0; cell < count; cell++) {
    while (passed < steps.length && Math.floor((steps[passed]! - low) * scale) < cell) passed++
    cells.push(Math.max(passed - 1, 0))
  }
  return cells
}
