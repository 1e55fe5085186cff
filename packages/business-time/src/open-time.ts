import { assertDuration, assertInstant, type Micros } from './micros.ts'
import type { Opening } from './opening.ts'
import { coverageAround, RANGE_END, widened } from './range.ts'
import { Timeline } from './timeline.ts'

/**
 * Which instant answers when the open time since `t` is the same at several, that is from a close to the next opening:
 * `earliest` is the close, `latest` the next opening.
 */
export type Inverse = 'earliest' | 'latest'

/** Open time over the whole range, indexed only where it is used. A timeline that turns out too short is replaced by a wider one. */
export class OpenTime {
  private readonly opening: Opening
  private line: Timeline | null = null

  constructor (opening: Opening) {
    this.opening = opening
  }

  isOpen (t: Micros): boolean {
    return this.covering(t, t).isOpen(t)
  }

  between (a: Micros, b: Micros): Micros {
    const line = this.covering(a, b)
    return line.openUntil(b) - line.openUntil(a)
  }

  /** The instant with `d` more open time than `t`; null when the range has none. */
  after (t: Micros, d: Micros, inverse: Inverse): Micros | null {
    if (!Number.isSafeInteger(d)) assertDuration(d, 'duration')
    let line = this.covering(t, t)
    for (;;) {
      const target = line.openUntil(t) + d
      const n = inverse === 'latest' ? target : target - 1
      if (n >= 0 && n < line.openInAll) {
        if (inverse === 'latest') return line.openingAt(n)
        const earliest = line.openingAt(n) + 1
        return earliest < RANGE_END ? earliest : null
      }
      const wider = n < 0 ? this.widerBefore(line) : this.widerAfter(line)
      if (wider === null) return target === 0 && inverse === 'earliest' ? 0 : null
      line = wider
    }
  }

  /** The first timeline that covers both instants. Throws `RangeError` unless they are instants. */
  private covering (a: Micros, b: Micros): Timeline {
    const line = this.line
    if (line !== null && a >= line.from && b >= line.from && a < line.to && b < line.to &&
      Number.isInteger(a) && Number.isInteger(b)) return line
    return this.cover(a, b)
  }

  private cover (a: Micros, b: Micros): Timeline {
    assertInstant(a, 'instant')
    assertInstant(b, 'instant')
    const coverage = this.line ?? coverageAround(a)
    return this.extend(widened(coverage, Math.min(a, b), Math.max(a, b)))
  }

  private widerBefore (line: Timeline): Timeline | null {
    return line.from <= Math.max(0, this.opening.open.from) ? null : this.extend(widened(line, line.from - 1, line.from))
  }

  private widerAfter (line: Timeline): Timeline | null {
    return line.to >= Math.min(RANGE_END, this.opening.open.to) ? null : this.extend(widened(line, line.from, line.to))
  }

  private extend (coverage: { from: Micros, to: Micros }): Timeline {
    this.line = new Timeline(this.opening.plan(coverage))
    return this.line
  }
}
