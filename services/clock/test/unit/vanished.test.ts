import type { Micros } from '@dueline/business-time'
import t from 'tap'
import { diff } from '../../src/domain/diff.ts'
import type { FiredMark, StoredClock } from '../../src/domain/difference.ts'
import { fold } from '../../src/domain/fold.ts'
import { agreementVersion, at, HOUR, roundTheClock, Timeline } from './timeline-builder.ts'

const agreed = [agreementVersion({ targets: { resolution: HOUR }, marks: [] })]

/** Stores the clocks of a timeline, pass by pass: with its agreement, and without it as if it had never been. */
function stored (timeline: Timeline) {
  let clocks: readonly StoredClock[] = []
  const fired: FiredMark[] = []
  const pass = (agreementVersions: typeof agreed, asOf: Micros) => {
    const folded = fold({ facts: timeline.facts, agreementVersions, calendars: roundTheClock, asOf })
    const difference = diff({ stored: clocks, fired, folded, catchUpBefore: -Infinity, newId: () => 'clock' })
    if (difference.rows.length > 0) clocks = difference.rows
    fired.push(...difference.newMarks)
    return { clock: clocks[0], types: difference.changes.map(({ type }) => type), rows: difference.rows.length }
  }
  return {
    with: (asOf: Micros) => pass(agreed, asOf),
    without: (asOf: Micros) => pass([], asOf)
  }
}

t.test('a breached clock that the history no longer has is withdrawn and cancelled, once', async (t) => {
  const ticket = stored(new Timeline().created())
  t.match(ticket.with(at(2)), { types: ['started', 'breached'], clock: { withdrawals: 0, voided: false } })
  t.match(ticket.without(at(3)), {
    types: ['breach-withdrawn', 'cancelled'],
    clock: { state: 'cancelled', stoppedAt: at(3), breachedAt: null, withdrawals: 1, planned: [], voided: true }
  })
  const again = ticket.without(at(4))
  t.same(again.types, [])
  t.match(again, { rows: 0, clock: { stoppedAt: at(3), withdrawals: 1 } })
})

t.test('one that was in time takes no breach back', async (t) => {
  const ticket = stored(new Timeline().created())
  t.same(ticket.with(at(0.5)).types, ['started'])
  t.match(ticket.without(at(0.75)), {
    types: ['cancelled'],
    clock: { stoppedAt: at(0.75), withdrawals: 0, voided: true }
  })
})

t.test('one that had ended stays as it ended, and one that was cancelled is not cancelled again', async (t) => {
  const met = stored(new Timeline().created().status(at(0.5), 'resolved'))
  t.same(met.with(at(1)).types, ['started', 'met'])
  t.match(met.without(at(2)), { types: ['cancelled'], clock: { stoppedAt: at(0.5), voided: true } })
  const cancelled = stored(new Timeline().created().status(at(0.5), 'cancelled'))
  t.same(cancelled.with(at(1)).types, ['started', 'cancelled'])
  const gone = cancelled.without(at(2))
  t.same(gone.types, [])
  t.match(gone, { rows: 1, clock: { stoppedAt: at(0.5), voided: true } })
})
