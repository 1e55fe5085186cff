import t from 'tap'
import { agreementKeyOf, agreementSubjectOf, durationOf, existingInstant, instantText } from '../../src/index.ts'

t.test('a text that names no instant is null, whatever its form', async (t) => {
  t.equal(existingInstant('1970-01-01T00:00:01.000001Z'), 1_000_001)
  for (const text of ['2026-02-30T00:00:00Z', '1969-12-31T23:59:59Z', '2256-01-01T00:00:00Z', 'soon']) {
    t.equal(existingInstant(text), null, text)
  }
  t.equal(instantText(1_000_001), '1970-01-01T00:00:01.000001Z')
  t.equal(instantText(null), null)
})

t.test('a duration that cannot be counted exactly is infinite', async (t) => {
  t.equal(durationOf('PT1H0.5S'), 3_600_500_000)
  t.equal(durationOf('PT9999999H'), Infinity)
})

t.test('only what decides about agreements is in the key of a ticket', async (t) => {
  const ticket = {
    type: 'request',
    priority: 'P1',
    severity: 'high',
    productId: null,
    moduleId: null,
    questionId: null,
    customerId: 'c',
    channel: 'api',
    version: 1,
    assigneeId: null
  } as const
  const assigned = { ...ticket, version: 2, assigneeId: 'a' }
  t.equal(agreementKeyOf(ticket), agreementKeyOf(assigned))
  const subject = agreementSubjectOf(ticket)
  t.same(Object.keys(subject), [
    'type',
    'priority',
    'severity',
    'productId',
    'moduleId',
    'questionId',
    'customerId',
    'channel'
  ])
  for (const field of Object.keys(subject)) {
    t.not(agreementKeyOf({ ...ticket, [field]: 'x' }), agreementKeyOf(ticket), field)
  }
})
