import t from 'tap'
import type { Priority, TicketSnapshot, TicketSummary } from '@dueline/contracts'
import { foldedVersion, withSnapshots, type TicketCase } from '../../src/domain/ticket-case.ts'

const known: TicketCase = {
  tenantId: 'acme',
  ticketId: 't',
  version: 7,
  agreementKey: 'k',
  agreementKeyVersion: 4,
  agreedVersion: 4,
  awaiting: false,
  importing: false,
  unfolded: false,
  customerId: null,
  assigneeId: null,
  priority: null,
  summary: null
}

t.test('up to which version a ticket is in its clocks', async (t) => {
  t.equal(foldedVersion(known), 7, 'chosen for the ticket as it is')
  t.equal(foldedVersion({ ...known, agreedVersion: 9 }), 7, 'chosen for a version whose fact is not here yet')
  t.equal(foldedVersion({ ...known, agreedVersion: 2 }), 2, 'the agreement for version 4 is still to come')
  t.equal(foldedVersion({ ...known, agreedVersion: 0 }), 0)
  t.equal(foldedVersion({ ...known, awaiting: true }), 0, 'the agreement waits for its calendar')
  t.equal(foldedVersion({ ...known, unfolded: true }), 0, 'facts are stored and not folded')
  t.equal(
    foldedVersion({ ...known, agreedVersion: 0, summary: { type: 'appreciation' } as TicketSummary }),
    7,
    'nothing is agreed'
  )
})

t.test('since which version what decides the agreement is as it is, in whatever order versions come', async (t) => {
  const unheard: TicketCase = { ...known, version: 0, agreementKey: null, agreementKeyVersion: 0, agreedVersion: 0 }
  const timeline = (...priorities: Priority[]): TicketSnapshot[] =>
    priorities.map((priority, i) => ({ version: i + 1, priority }) as TicketSnapshot)
  const since = (...batches: TicketSnapshot[][]): number => batches.reduce(withSnapshots, unheard).agreementKeyVersion
  const changed = timeline('P3', 'P1', 'P1', 'P1')
  t.equal(since(changed), 2, 'together')
  t.equal(since(...changed.map((one) => [one])), 2, 'one by one')
  t.equal(since(...changed.toReversed().map((one) => [one])), 2, 'the last one first')
  t.equal(since(changed.slice(2), changed.slice(0, 2)), 2, 'the later ones first')
  t.equal(since(...changed.toReversed().flatMap((one) => [[one], [one]])), 2, 'each of them twice')
  const back = timeline('P1', 'P3', 'P1')
  t.equal(since([back[2]!], [back[0]!]), 3, 'it may have changed in between')
  t.equal(since([back[2]!], [back[0]!], [back[1]!]), 3, 'and it had')
})
