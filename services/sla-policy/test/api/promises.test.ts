import { eventFaults } from '@dueline/contracts'
import t from 'tap'
import { fact, harness, snapshot, start, ticketId } from './harness.ts'

const minute = 60_000_000

t.test('a created ticket is promised the built-in terms of its priority', async (t) => {
  const { facts, drain, call } = await harness(t)
  await facts(fact('created', snapshot()))
  const [event, ...others] = await drain()
  t.equal(others.length, 0)
  t.match(event, {
    type: 'dueline.agreement.made.v1',
    partitionkey: ticketId,
    data: {
      agreement: {
        kind: 'sla', version: 1, ticketVersion: 1, origin: 'built_in', rowId: null, policyVersion: 0, calendarId: null, calendarVersion: 0,
        targets: { first_response: 'PT8H', resolution: 'PT48H' }, reopen: 'continue', madeAt: '2026-03-02T08:00:00.000000Z'
      },
      ticket: { id: ticketId, number: 'T-1' }
    }
  })
  t.match(await call('GET', `/agreements?ticketId=${ticketId}`), { status: 200, body: { items: [{ version: 1, origin: 'built_in', endedAt: null }], nextCursor: null } })
})
