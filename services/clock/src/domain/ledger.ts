import type { Micros } from '@dueline/business-time'
import type { PauseReason } from '@dueline/contracts'
import type { FoldedClock } from './fold.ts'
import type { MeasuredSegment } from './measure.ts'
import type { CalendarLookup } from './open-time.ts'
import type { Holder } from './timeline.ts'

/** One line of a clock's ledger; `to` null: it goes on. Lines follow each other without gaps. */
export interface LedgerLine {
  readonly from: Micros
  readonly to: Micros | null
  /** closed: running, but outside the calendar's hours. */
  readonly state: 'running' | 'closed' | 'paused' | 'stopped'
  readonly pausedFor: readonly PauseReason[]
  readonly cause: string
  readonly factId: string | null
  readonly calendarVersion: number
  readonly holder: Holder
  readonly consumed: Micros
}

/**
 * The history of a clock at `asOf`, line by line, running segments split where the calendar closes and opens. Only the
 * lines that begin after an instant, when one is given. Found one by one while iterating: a clock of years has
 * thousands.
 */
export function* ledgerOf (
  clock: FoldedClock,
  calendars: CalendarLookup,
  asOf: Micros,
  after = -Infinity
): Generator<LedgerLine> {
  for (const segment of clock.segments) {
    const end = segment.to ?? asOf
    if (segment.to !== null && segment.to <= after) continue
    const line = lineOf(segment)
    const hours = segment.state === 'running' && end > segment.from ? calendars(segment.terms.calendar) : undefined
    const lines = hours?.openIntervals === undefined
      ? [line]
      : splitByHours(line, hours.openIntervals(Math.max(segment.from, after), end), after, end)
    for (const each of lines) if (each.from > after) yield each
  }
}

/** The first lines of a ledger, `max` at most. */
export function firstLines (ledger: Iterable<LedgerLine>, max: number): LedgerLine[] {
  const lines: LedgerLine[] = []
  for (const line of ledger) if (lines.push(line) === max) break
  return lines
}

function lineOf (segment: MeasuredSegment): LedgerLine {
  return {
    from: segment.from,
    to: segment.to,
    state: segment.state === 'running' || segment.state === 'paused' ? segment.state : 'stopped',
    pausedFor: segment.reasons,
    cause: segment.cause.what,
    factId: segment.cause.id,
    calendarVersion: segment.terms.calendar.version,
    holder: segment.holder,
    consumed: segment.consumed
  }
}

/** Splits a running line at the open intervals of `[after, end)`; the last piece goes on as the line does. */
function* splitByHours (
  line: LedgerLine,
  intervals: Iterable<{ from: Micros, to: Micros }>,
  after: Micros,
  end: Micros
): Generator<LedgerLine> {
  let at = Math.max(line.from, after)
  for (const { from, to } of intervals) {
    if (at < from) yield { ...line, state: 'closed', from: at, to: from, consumed: 0 }
    yield { ...line, from, to: to === end ? line.to : to, consumed: to - from }
    at = to
  }
  if (at < end) yield { ...line, state: 'closed', from: at, to: line.to, consumed: 0 }
}
