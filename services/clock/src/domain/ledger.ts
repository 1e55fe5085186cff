import type { Micros } from '@dueline/business-time'
import type { PauseReason } from '@dueline/contracts'
import type { FoldedClock } from './fold.ts'
import type { Segment } from './measure.ts'
import type { CalendarLookup } from './open-time.ts'
import type { Holder } from './story.ts'

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

/** The whole history of a clock at `asOf`, running stretches split where the calendar closes and opens. */
export function ledgerOf (clock: FoldedClock, calendars: CalendarLookup, asOf: Micros): LedgerLine[] {
  return clock.segments.flatMap((segment) => {
    const line: LedgerLine = {
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
    return segment.state === 'running' ? splitByHours(line, segment, calendars, asOf) : [line]
  })
}

function splitByHours (line: LedgerLine, segment: Segment, calendars: CalendarLookup, asOf: Micros): LedgerLine[] {
  const calendar = calendars(segment.terms.calendar)
  const end = segment.to ?? asOf
  if (calendar?.openIntervals === undefined || end <= segment.from) return [line]
  const lines: LedgerLine[] = []
  const add = (state: 'running' | 'closed', from: Micros, to: Micros): void => {
    if (from < to) lines.push({ ...line, state, from, to, consumed: state === 'running' ? to - from : 0 })
  }
  let at = segment.from
  for (const { from, to } of calendar.openIntervals(segment.from, end)) {
    add('closed', at, from)
    add('running', Math.max(from, segment.from), to)
    at = to
  }
  add('closed', at, end)
  return lines.map((each, index) => index === lines.length - 1 ? { ...each, to: segment.to } : each)
}
