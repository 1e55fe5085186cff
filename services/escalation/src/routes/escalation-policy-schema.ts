import { targetRoles } from '../domain/escalation-policy.ts'
import { formatInstant } from '@dueline/business-time'
import {
  Duration,
  Instant,
  metrics,
  MetricSchema,
  NamedText,
  nullable,
  priorities,
  PrioritySchema,
  SeveritySchema,
  stringEnum,
  Uuid
} from '@dueline/contracts'
import { documentedAs } from '@dueline/http'
import { Type, type Static, type TProperties } from 'typebox'
import { defaultMetrics, levelsMax, type EscalationPolicyDraft, type Level } from '../domain/escalation-policy.ts'
import type { StoredEscalationPolicy } from '../store/escalation-policy-store.ts'

// One object with optional fields each, not a choice of objects: a choice answers a slip with the faults of every
// branch. Documents show the choice that it is.
const oneField = { minProperties: 1, maxProperties: 1 }

/** One of several closed objects, each named. */
function choiceOf (title: string, description: string, choices: Record<string, [string, TProperties]>): object {
  const anyOf = Object.entries(choices).map(([name, [said, fields]]) =>
    Type.Object(fields, { additionalProperties: false, title: name, description: said })
  )
  return { title, description, anyOf }
}

const TriggerSchema = documentedAs(
  Type.Object({
    beforeDeadline: Type.Optional(Duration),
    afterDeadline: Type.Optional(Duration),
    unacknowledgedFor: Type.Optional(Duration)
  }, {
    ...oneField
  }),
  choiceOf(
    'LevelTrigger',
    'When a level is reached, in plain elapsed time on whatever calendar the clock runs',
    {
      TriggerBefore: ['So long before the deadline', { beforeDeadline: Duration }],
      TriggerAfter: ['So long after the deadline; PT0S is the breach', { afterDeadline: Duration }],
      TriggerUnacknowledged: ['Since the previous level, while nobody acknowledged', { unacknowledgedFor: Duration }]
    }
  )
)

const stepsUp = Type.Integer({
  minimum: 1,
  maximum: 10,
  description: 'Number of steps up the reporting line: 1 is the manager of the assignee'
})
const roleOf = {
  role: stringEnum(targetRoles),
  via: stringEnum(['reporting_line', 'tenant'], {
    description: 'The first with the role (or above it) going up from the assignee, or everyone with it'
  })
}

const TargetSchema = documentedAs(
  Type.Object({
    assignee: Type.Optional(Type.Literal(true)),
    personId: Type.Optional(Uuid),
    stepsUp: Type.Optional(stepsUp),
    nextLevelUp: Type.Optional(Type.Literal(true)),
    role: Type.Optional(roleOf.role),
    via: Type.Optional(roleOf.via)
  }, {
    minProperties: 1,
    dependentRequired: { role: ['via'], via: ['role'] }
  }),
  choiceOf('LevelTarget', 'Whom a level addresses', {
    TargetAssignee: ['Who has the ticket', { assignee: Type.Literal(true) }],
    TargetPerson: ['A named person', { personId: Uuid }],
    TargetStepsUp: ['Somebody up the reporting line', { stepsUp }],
    TargetNextLevelUp: [
      "The nearest up the reporting line at a higher level of the tenant's hierarchy, whatever it is called. Who is " +
      'absent or has left is stood in for by the substitute, else by the next above',
      { nextLevelUp: Type.Literal(true) }
    ],
    TargetRole: ['Whoever has a role', roleOf]
  })
)

const raisePriority = stringEnum(['one_step', ...priorities], {
  description: 'Raises it by one step, or to the one named; never lowers it'
})

const ActionSchema = documentedAs(
  Type.Object({
    notify: Type.Optional(Type.Literal(true)),
    reassign: Type.Optional(stringEnum(['first_target'])),
    raisePriority: Type.Optional(raisePriority)
  }, { ...oneField }),
  choiceOf('LevelAction', 'What a level does', {
    LevelNotifies: ['Notifies whom it addresses', { notify: Type.Literal(true) }],
    LevelReassigns: ['Gives the ticket to the first whom it addresses', { reassign: stringEnum(['first_target']) }],
    LevelRaisesPriority: ['Makes the ticket more urgent', { raisePriority }]
  })
)

const severityFilter = nullable(
  Type.Array(SeveritySchema, { minItems: 1, uniqueItems: true, description: 'Null for all' })
)
const priorityFilter = nullable(
  Type.Array(PrioritySchema, { minItems: 1, uniqueItems: true, description: 'Null for all' })
)
const idFilter = nullable(
  Type.Array(Uuid, { minItems: 1, maxItems: 100, uniqueItems: true, description: 'Null for all' })
)
const metricFilter = Type.Array(MetricSchema, { minItems: 1, maxItems: metrics.length, uniqueItems: true })

const level = {
  name: NamedText(200),
  trigger: TriggerSchema,
  targets: Type.Array(TargetSchema, { minItems: 1, maxItems: 20 }),
  actions: Type.Array(ActionSchema, { minItems: 1, maxItems: 3 })
}
const LevelInput = Type.Object({
  ...level,
  severities: Type.Optional(severityFilter),
  priorities: Type.Optional(priorityFilter)
}, { title: 'EscalationLevel', description: 'When a level is reached, whom it addresses and what it does' })
const FiltersInput = Type.Object({
  severities: Type.Optional(severityFilter),
  priorities: Type.Optional(priorityFilter),
  productIds: Type.Optional(idFilter),
  customerIds: Type.Optional(idFilter),
  metrics: Type.Optional(metricFilter)
}, {
  title: 'EscalationFilters',
  description: 'The clocks to which the escalation policy applies; a filter that you leave out matches everything, ' +
    '`metrics` are resolution and first_response'
})

const name = NamedText(200)
const maxLevels = Type.Integer({
  minimum: 1,
  maximum: levelsMax,
  description: `Most levels this escalation policy may have; ${levelsMax} when left out`
})
const levels = Type.Array(LevelInput, { minItems: 1, maxItems: levelsMax })

/** Body of a new escalation policy. */
export const EscalationPolicyInput = Type.Object({
  name,
  isDefault: Type.Optional(Type.Boolean()),
  active: Type.Optional(Type.Boolean()),
  maxLevels: Type.Optional(maxLevels),
  filters: Type.Optional(FiltersInput),
  levels
}, { title: 'NewEscalationPolicy', description: 'An escalation policy to be made' })
export type EscalationPolicyInput = Static<typeof EscalationPolicyInput>

/** Body of a change: what is there is replaced as a whole, `filters` and `levels` too. */
export const EscalationPolicyPatch = Type.Partial(EscalationPolicyInput, {
  title: 'EscalationPolicyPatch',
  description: 'What is to change; `filters` and `levels` are replaced as a whole',
  minProperties: 1
})
export type EscalationPolicyPatch = Static<typeof EscalationPolicyPatch>

const draft = {
  name,
  isDefault: Type.Boolean(),
  active: Type.Boolean(),
  maxLevels,
  filters: Type.Object({
    severities: severityFilter,
    priorities: priorityFilter,
    productIds: idFilter,
    customerIds: idFilter,
    metrics: metricFilter
  }, { title: 'EscalationFilters', description: 'The clocks to which the escalation policy applies' }),
  levels: Type.Array(Type.Object({ ...level, severities: severityFilter, priorities: priorityFilter }, {
    title: 'EscalationLevel',
    description: 'When a level is reached, whom it addresses and what it does'
  }))
}
/** A preset: the body to make an escalation policy like it. */
export const PresetSchema = Type.Object(draft, {
  title: 'EscalationPolicyPreset',
  description: 'What to send to make an escalation policy like it'
})
/** A stored escalation policy. */
export const EscalationPolicySchema = Type.Object({
  id: Uuid,
  ...draft,
  version: Type.Integer({ minimum: 1 }),
  createdAt: Instant,
  updatedAt: Instant
}, { title: 'EscalationPolicy', description: 'Who is notified when a clock is late or about to be, level by level' })

/** The escalation policy that a body asks for; `base` is what it changes. */
export function toDraft (input: EscalationPolicyInput, base?: undefined): EscalationPolicyDraft
export function toDraft (input: EscalationPolicyPatch, base: EscalationPolicyDraft): EscalationPolicyDraft
export function toDraft (
  { name, isDefault, active, maxLevels, filters, levels }: EscalationPolicyPatch,
  base?: EscalationPolicyDraft
): EscalationPolicyDraft {
  return {
    name: name ?? base?.name ?? '',
    isDefault: isDefault ?? base?.isDefault ?? false,
    active: active ?? base?.active ?? true,
    maxLevels: maxLevels ?? base?.maxLevels ?? levelsMax,
    filters: filters === undefined && base !== undefined ? base.filters : completeFilters(filters),
    levels: levels?.map(completeLevel) ?? base?.levels ?? []
  }
}

/** What is exactly one of several is checked by `escalationPolicyFaults`, before anything reads it. */
function completeLevel ({ severities = null, priorities = null, ...level }: Static<typeof LevelInput>): Level {
  return { ...level as unknown as Pick<Level, 'name' | 'trigger' | 'targets' | 'actions'>, severities, priorities }
}

function completeFilters (filters: Static<typeof FiltersInput> = {}): EscalationPolicyDraft['filters'] {
  const { severities = null, priorities = null, productIds = null, customerIds = null, metrics = [...defaultMetrics] } =
    filters
  return { severities, priorities, productIds, customerIds, metrics }
}

/** The wire form of an escalation policy. */
export function escalationPolicyView (policy: StoredEscalationPolicy): Static<typeof EscalationPolicySchema> {
  return {
    ...policy,
    createdAt: formatInstant(policy.createdAt),
    updatedAt: formatInstant(policy.updatedAt)
  } as unknown as Static<typeof EscalationPolicySchema>
}
