import {
  defaultPauseRules,
  agreementKinds,
  channels,
  conditionFields,
  priorities,
  severities,
  ticketTypes,
  type AgreementSubject,
  type Channel,
  type Condition
} from '@dueline/contracts'
import fc from 'fast-check'
import { builtInReminders, type PolicyRow } from '../../src/domain/policy.ts'

/** The n-th of a few ids, so that rows and tickets meet often. */
export function idOf (n: number): string {
  return `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

const fewIds = fc.integer({ min: 1, max: 3 }).map(idOf)
const perhaps = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.oneof(fc.constant(null), arbitrary)

export const subjects: fc.Arbitrary<AgreementSubject> = fc.record({
  type: fc.constantFrom(...ticketTypes),
  priority: fc.constantFrom(...priorities),
  severity: fc.constantFrom(...severities),
  productId: perhaps(fewIds),
  moduleId: perhaps(fewIds),
  questionId: perhaps(fewIds),
  customerId: perhaps(fewIds),
  channel: fc.constantFrom<Channel>(...channels)
})

const enumField = (field: keyof typeof conditionFields, values: readonly string[]): fc.Arbitrary<Condition> =>
  fc.oneof(
    fc.record({ field: fc.constant(field), op: fc.constant('eq' as const), value: fc.constantFrom(...values) }),
    fc.record({
      field: fc.constant(field),
      op: fc.constant('in' as const),
      values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
    }),
    fc.record({ field: fc.constant(field), op: fc.constant('exists' as const) })
  )
const ids = [1, 2, 3].map(idOf)
const leaves: fc.Arbitrary<Condition> = fc.oneof(
  enumField('ticket.priority', priorities),
  enumField('ticket.severity', severities),
  enumField('ticket.type', ticketTypes),
  enumField('ticket.channel', channels),
  enumField('ticket.productId', ids),
  enumField('ticket.customerId', ids)
)

export const conditions: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaves,
    fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') })
  )
})).node

export const row = (partial: Partial<PolicyRow> = {}): PolicyRow => ({
  id: idOf(99),
  name: 'row',
  kind: 'sla',
  productId: null,
  moduleId: null,
  questionId: null,
  priority: null,
  severity: null,
  customerId: null,
  when: null,
  targets: { resolution: 'PT1H' },
  calendarId: null,
  reminders: builtInReminders,
  pauseRules: { resolution: [...defaultPauseRules.resolution] },
  escalationPolicyId: null,
  reopen: 'continue',
  effect: 'retroactive',
  rank: 0,
  validFrom: null,
  validTo: null,
  ...partial
})

const rowParts = fc.record({
  kind: fc.constantFrom(...agreementKinds),
  productId: perhaps(fewIds),
  moduleId: perhaps(fewIds),
  questionId: perhaps(fewIds),
  priority: perhaps(fc.constantFrom(...priorities)),
  severity: perhaps(fc.constantFrom(...severities)),
  customerId: perhaps(fewIds),
  when: perhaps(conditions),
  rank: fc.integer({ min: -1, max: 1 }),
  validFrom: perhaps(fc.integer({ min: 0, max: 10 })),
  validTo: perhaps(fc.integer({ min: 0, max: 10 }))
})

/** A table of rows with different ids. */
export const tables: fc.Arbitrary<PolicyRow[]> = fc.array(rowParts, { maxLength: 12 })
  .map((parts) => parts.map((part, index) => row({ ...part, id: idOf(1000 + index) })))

export const instants = fc.integer({ min: 0, max: 10 })
