import type { Micros } from '@dueline/business-time'
import t from 'tap'
import type { ReceivedAgreement } from '../../src/domain/reading.ts'
import type { TicketCase } from '../../src/domain/ticket-case.ts'
import { CaseFold, type StoredTimeline } from '../../src/projection/case-fold.ts'
import {
  isPutOff,
  project,
  projectPortion,
  projectTime,
  putOff,
  type ReceivedUpdate
} from '../../src/projection/project.ts'
import { agreementVersion, at, HOUR, roundTheClock, Timeline } from './timeline-builder.ts'

const known: TicketCase = {
  tenantId: 'acme',
  ticketId: 't',
  version: 2,
  agreementKey: 'k',
  agreementKeyVersion: 1,
  agreedVersion: 0,
  awaiting: false,
  importing: false,
  unfolded: false,
  customerId: null,
  assigneeId: null,
  priority: null,
  summary: null
}
const cause = { kind: 'fact', id: 'f' } as const

function update (changes: Partial<ReceivedUpdate> = {}): ReceivedUpdate {
  return {
    tenantId: 'acme',
    ticketId: 't',
    facts: [],
    agreementVersions: [],
    snapshots: [],
    waiting: [],
    cause,
    historical: false,
    before: { ...known, version: 0 },
    known,
    ...changes
  }
}

function timeline (facts: Timeline, calendarId: string | null = null): StoredTimeline {
  return { facts: facts.facts, agreementVersions: [agreementVersion({ calendarId })], clocks: [], fired: [] }
}

function momentOf (now: Micros) {
  let count = 0
  return { now, catchUpBefore: -Infinity, newId: () => `c${++count}` }
}

t.test('an update leads to its clocks, their events and the next mark', async (t) => {
  const result = project(update(), timeline(new Timeline().created().agent(at(1))), roundTheClock, momentOf(at(1)))
  t.match(result, {
    cause,
    historical: false,
    untimed: true,
    awaited: [],
    ticket: { unfolded: false, agreedVersion: 1 }
  })
  t.match(result.difference.rows, [{ id: 'c1', metric: 'resolution', state: 'running', dueAt: at(4), sequence: 1 }])
  t.same(result.difference.changes.map(({ type }) => type), ['started'])
  t.equal(result.difference.wakeAt, at(4))

  const later = projectTime(result.ticket, result.difference.rows, { now: at(5), catchUpBefore: -Infinity })
  t.same(later?.difference.changes.map(({ type, time }) => [type, time]), [['breached', at(4)]])
  t.equal(later?.difference.wakeAt, null)
  t.match(later, { cause: { kind: 'timer' }, untimed: false })
})

t.test('the end of a pause by hand cannot be seen from clocks alone', async (t) => {
  const facts = new Timeline().created().pause(at(1), at(2))
  const { ticket, difference } = project(update(), timeline(facts), roundTheClock, momentOf(at(1)))
  t.equal(projectTime(ticket, difference.rows, { now: at(2), catchUpBefore: -Infinity }), null)
  t.same(projectTime(ticket, difference.rows, { now: at(1, 59), catchUpBefore: -Infinity })?.difference.rows, [])
})

t.test('an agreement whose calendar is not here is awaited', async (t) => {
  const result = project(update(), timeline(new Timeline().created(), 'hours'), roundTheClock, momentOf(at(1)))
  t.match(result, { awaited: [{ id: 'hours', version: 1 }], ticket: { awaiting: true, agreedVersion: 0 } })
  t.same(result.difference.rows, [])
})

t.test('what is put off is stored, and looked at once nothing more is to come', async (t) => {
  const importing = { ...known, importing: true }
  const long = { ...known, unfolded: true, version: 501 }
  t.equal(isPutOff({ known }), false)
  t.equal(isPutOff({ known: importing }), true, 'more of its history follows')
  t.equal(isPutOff({ known: long }), true)
  t.equal(isPutOff({ known: { ...long, version: 500 } }), false, 'one portion')
  t.equal(isPutOff({ known: { ...long, unfolded: false } }), false, 'one that is folded already')

  const counted = { ...agreementVersion({ ticketVersion: 1 }), agreement: null } as unknown as ReceivedAgreement
  const agreed = { ...counted, tenantId: 'acme', ticketId: 't' }
  t.equal(putOff(update({ known: importing, agreementVersions: [agreed] }), at(1)).difference.wakeAt, null)
  const ready = putOff(update({ known: long, agreementVersions: [agreed] }), at(1))
  t.match(ready, {
    difference: { wakeAt: at(1), rows: [] },
    ticket: { unfolded: true, agreedVersion: 1 },
    untimed: true
  })
  const early = putOff(update({ known: { ...long, agreementKeyVersion: 3 }, agreementVersions: [agreed] }), at(1))
  t.equal(early.difference.wakeAt, at(1) + 2_000_000, 'the agreement for the ticket as it is now is to come')

  const calendar = { calendarId: 'hours', calendarVersion: 2 }
  const unknown = { ...agreed, agreement: calendar } as unknown as typeof agreed
  const waiting = putOff(update({ known: long, agreementVersions: [unknown], waiting: [unknown] }), at(1))
  t.match(waiting, { awaited: [{ id: 'hours', version: 2 }], ticket: { awaiting: true, agreedVersion: 0 } })
  t.equal(putOff(update({ known: long, before: { ...known, version: 9 } }), at(1)).untimed, false)
})

t.test('portions come to the same as all at once, each as of its last fact', async (t) => {
  const facts = new Timeline().created().status(at(1), 'waiting_on_customer').status(at(2), 'open').agent(at(9))
  const stored = timeline(facts)
  const fold = new CaseFold(stored, roundTheClock)
  fold.add(facts.facts.slice(0, 2))
  const moment = momentOf(at(10))
  const first = projectPortion(known, fold, { lastFactId: 'fact-0002', left: true }, moment)
  t.match(first, {
    ticket: { unfolded: true },
    cause: { id: 'fact-0002' },
    historical: true,
    difference: { wakeAt: at(10) }
  })
  t.match(first.difference.rows, [{ state: 'paused', breachedAt: null, consumedBefore: HOUR }], 'as of its last fact')
  t.ok(fold.add(facts.facts.slice(2)))
  const last = projectPortion(known, fold, { lastFactId: 'fact-0004', left: false }, moment)
  const atOnce = project(update(), stored, roundTheClock, momentOf(at(10)))
  t.equal(last.ticket.unfolded, false)
  t.same(
    last.difference.rows.map(({ sequence: _, ...row }) => row),
    atOnce.difference.rows.map(({ sequence: _, ...row }) => row)
  )
  t.match(last.difference.rows, [{ breachedAt: at(5) }])
})
