import { WEEK, type Micros } from './micros.ts'

/** The end of the range, itself not an instant of it: one past the last safe integer. */
export const RANGE_END: Micros = Number.MAX_SAFE_INTEGER + 1

/** Zone data are read and calendars indexed in blocks of this length, a little over two years. */
const BLOCK = 112 * WEEK

/** A stretch of the range `[from, to)` that zones and timelines cover; its bounds are bounds of blocks. */
export interface Coverage {
  readonly from: Micros
  readonly to: Micros
}

/** The block around an instant and one more on each side. */
export function coverageAround (t: Micros): Coverage {
  return rounded(t - BLOCK, t + BLOCK)
}

/** Twice the coverage, grown to the left until `from` or to the right until `to` is well inside. */
export function widened (coverage: Coverage, from: Micros, to: Micros): Coverage {
  const length = coverage.to - coverage.from
  return rounded(
    from < coverage.from ? Math.min(from - BLOCK, coverage.from - length) : coverage.from,
    to >= coverage.to ? Math.max(to + BLOCK, coverage.to + length - 1) : coverage.to - 1
  )
}

function rounded (first: Micros, last: Micros): Coverage {
  return {
    from: Math.max(0, Math.floor(first / BLOCK) * BLOCK),
    to: Math.min(RANGE_END, (Math.floor(last / BLOCK) + 1) * BLOCK)
  }
}
