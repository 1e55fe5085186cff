import type { Agreement, AgreementEventType, DuelineEvent } from '@dueline/contracts'
import t from 'tap'
import { receivedAgreementOf, termsOf } from '../../src/domain/reading.ts'

const agreement: Agreement = {
  id: 'a',
  ticketId: 't',
  kind: 'sla',
  version: 3,
  ticketVersion: 2,
  origin: 'row',
  rowId: 'r',
  rowName: 'Gold',
  policyVersion: 4,
  calendarId: 'c',
  calendarVersion: 5,
  targets: { resolution: 'PT4H' },
  pauseRules: {},
  reminders: [],
  reopen: 'continue',
  escalationPolicyId: null,
  effect: 'retroactive',
  madeAt: '2026-01-05T09:00:00.000000Z'
}
const event = (type: string, data: object): DuelineEvent<AgreementEventType> =>
  ({ type, time: '2026-01-05T10:00:00.000000Z', data }) as unknown as DuelineEvent<AgreementEventType>

t.test('the terms of an agreement, in microseconds', (t) => {
  const targets = { first_response: 'PT1M', resolution: undefined } as unknown as Agreement['targets']
  t.same(termsOf({ ...agreement, targets }).targets, { first_response: 60_000_000 }, 'a target that is not set is none')
  t.same(termsOf(agreement).targets, { resolution: 14_400_000_000 })
  t.equal(termsOf(agreement).nextResponse, 'after_first', 'when it does not say')
  t.equal(termsOf({ ...agreement, nextResponse: 'every' } as unknown as Agreement).nextResponse, 'every')
  t.same(termsOf(agreement).calendar, { id: 'c', version: 5 })
  t.end()
})

t.test('reminders of each kind; they are urgent only where they say so', (t) => {
  const reminders = [
    { percent: 80 },
    { percent: 90, urgent: true },
    { before: 'PT30M' },
    { before: 'PT5M', urgent: true },
    { after: 'PT1H', urgent: false },
    { after: 'PT2H', urgent: true }
  ]
  t.same(termsOf({ ...agreement, reminders }).marks, [
    { percent: 80, urgent: false },
    { percent: 90, urgent: true },
    { before: 1_800_000_000, urgent: false },
    { before: 300_000_000, urgent: true },
    { after: 3_600_000_000, urgent: false },
    { after: 7_200_000_000, urgent: true }
  ])
  t.end()
})

t.test('an agreement is made as of its own instant, and withdrawn as of the event', (t) => {
  const place = { ticketId: 't', kind: 'sla', version: 3, ticketVersion: 2 }
  t.match(receivedAgreementOf(event('dueline.agreement.made.v1', { agreement })), {
    ...place,
    policyVersion: 4,
    supersedes: [],
    madeAt: 1_767_603_600_000_000,
    agreement
  })
  const changed = event('dueline.agreement.changed.v1', { agreement, supersedes: [1, 2] })
  t.same(receivedAgreementOf(changed).supersedes, [1, 2])
  t.same(receivedAgreementOf(event('dueline.agreement.withdrawn.v1', { ...place, reason: 'gone' })), {
    ...place,
    policyVersion: null,
    supersedes: [],
    madeAt: 1_767_607_200_000_000,
    agreement: null
  })
  const withdrawn = event('dueline.agreement.withdrawn.v1', { ...place, policyVersion: 7, supersedes: [1] })
  t.match(receivedAgreementOf(withdrawn), { policyVersion: 7, supersedes: [1] })
  t.end()
})
