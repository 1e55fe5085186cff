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
 * Fills `cells` for looking up a place among ascending `steps` without a search: `[steps[0], high)` is divided into
 * `count` cells, and each gets the last index whose step lies in an earlier cell, or 0. The place of a value is then at
 * or after the entry of its cell, `(value - steps[0]) * (count / (high - steps[0])) | 0`, and at or before the entry of
 * the next. Entries from `count` on get the last index of all.
 */
export function fillCells (cells: Uint16Array, steps: ArrayLike<number>, high: number, count: number): void {
  const low = steps[0]!
  const scale = count / (high - low)
  let cell = 0
  for (let i = 1; i < steps.length; i++) {
    const end = Math.min((steps[i]! - low) * scale | 0, count - 1)
    while (cell <= end) cells[cell++] = i - 1
  }
  cells.fill(steps.length - 1, cell)
}
