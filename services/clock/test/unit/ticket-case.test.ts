import t from 'tap'
import type { TicketSummary } from '@dueline/contracts'
import { settledVersion, type TicketCase } from '../../src/domain/ticket-case.ts'

const known: TicketCase = {
  tenantId: 'acme', ticketId: 't', version: 7, promiseKey: 'k', promiseVersion: 4, promisedVersion: 4, awaiting: false, importing: false,
  customerId: null, assigneeId: null, priority: null, summary: null
}

t.test('up to which version a ticket is in its clocks', async (t) => {
  t.equal(settledVersion(known), 7, 'chosen for the ticket as it is')
  t.equal(settledVersion({ ...known, promisedVersion: 9 }), 7, 'chosen for a version whose fact is not here yet')
  t.equal(settledVersion({ ...known, promisedVersion: 2 }), 2, 'the promise for version 4 is still to come')
  t.equal(settledVersion({ ...known, promisedVersion: 0 }), 0)
  t.equal(settledVersion({ ...known, awaiting: true }), 0, 'the promise waits for its calendar')
  t.equal(settledVersion({ ...known, promisedVersion: 0, summary: { type: 'appreciation' } as TicketSummary }), 7, 'nothing is promised')
})
