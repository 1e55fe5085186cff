import { formatInstant } from '@dueline/business-time'
import {
  ConditionSchema,
  NextResponseRuleSchema,
  nullable,
  PauseRules,
  PolicyEffectSchema,
  PrioritySchema,
  AgreementKindSchema,
  Reminder,
  ReopenRuleSchema,
  SeveritySchema,
  Targets,
  Uuid,
  type Condition,
  instantText,
  Instant
} from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { documentedAs } from '@dueline/http'
import { mergeRow, type RowChange } from '../domain/row-rules.ts'
import type { SlaRowRecord } from '../store/sla-row-store.ts'
import { Name, NullableUuid, refuseFaults, Stamps } from './route-deps.ts'

/** Checked in code, with exact pointers. */
const When = documentedAs(Type.Unsafe<Condition | null>({}), nullable(ConditionSchema))

/** The explanation stands beside the pattern's own description, which error messages quote. */
function explainedId (description: string) {
  return Type.Unsafe<string | null>({ ...NullableUuid, description })
}

const effectText =
  'how the row applies when a change of the ticket makes it win; a publish says itself how it applies. ' +
  'retroactive: the new targets count from the beginning, a deadline may come to lie in the past. ' +
  'from_now: what was agreed before still counts up to the change. ' +
  'new_tickets: a ticket that has an agreement of this kind keeps it'

const terms = {
  name: Name,
  kind: AgreementKindSchema,
  productId: NullableUuid,
  moduleId: NullableUuid,
  questionId: NullableUuid,
  priority: nullable(PrioritySchema),
  severity: nullable(SeveritySchema),
  customerId: NullableUuid,
  when: When,
  targets: Targets,
  calendarId: explainedId('null = open all the time'),
  reminders: Type.Array(Reminder, { maxItems: 20 }),
  pauseRules: PauseRules,
  escalationPolicyId: explainedId('an escalation policy; the escalation service knows which there are'),
  reopen: ReopenRuleSchema,
  nextResponse: NextResponseRuleSchema,
  effect: Type.Unsafe<SlaRowRecord['effect']>({
    ...PolicyEffectSchema,
    title: 'SlaRowEffect',
    description: effectText
  }),
  rank: Type.Integer({
    minimum: -1_000_000,
    maximum: 1_000_000,
    description: 'higher wins among equally specific rows'
  }),
  active: Type.Boolean({ description: 'only active rows are published' }),
  validFrom: nullable(Instant),
  validTo: nullable(Instant)
}

/** A row of the SLA table. */
export const SlaRow = Type.Object({ id: Uuid, ...terms, reminders: Type.Array(Reminder), ...Stamps }, {
  title: 'SlaRow',
  description: 'A row of the SLA table: which tickets it is for, and what they get'
})
/** What a new row says; what it does not say is open (null) or the built-in default. */
export const NewSlaRow = Type.Object({
  ...Type.Partial(Type.Object(terms)).properties,
  name: terms.name,
  targets: terms.targets
}, { title: 'NewSlaRow', description: 'A row to be made; a key that is left out matches everything' })
/** What is to change; null opens a key. */
export const SlaRowPatch = Type.Object(Type.Partial(Type.Object(terms)).properties, {
  title: 'SlaRowPatch',
  description: 'What is to change of a row; a key that is null matches everything',
  minProperties: 1
})
export type SlaRowPatch = Static<typeof SlaRowPatch>

/**
 * `before` with the fields of a body put over it, in stored form. Ends in 400 with the faults of the row's own fields.
 */
export function mergedRow (
  before: Omit<SlaRowRecord, 'name' | 'targets'> & Partial<SlaRowRecord>,
  body: SlaRowPatch
): SlaRowRecord {
  const { row, faults } = mergeRow<SlaRowRecord>(before, body as RowChange)
  refuseFaults(faults)
  return row
}

export function rowToWire (row: SlaRowRecord): Static<typeof SlaRow> {
  return {
    ...row,
    reminders: [...row.reminders],
    validFrom: instantText(row.validFrom),
    validTo: instantText(row.validTo),
    createdAt: formatInstant(row.createdAt),
    updatedAt: formatInstant(row.updatedAt)
  }
}
