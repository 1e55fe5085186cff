import { formatInstant } from '@dueline/business-time'
import { Duration, Instant, metrics, MetricSchema, nullable, priorities, PrioritySchema, SeveritySchema, stringEnum, Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { defaultMetrics, levelsMax, type LadderDraft } from '../domain/ladder.ts'
import type { StoredLadder } from '../store/ladder-store.ts'

const nothingElse = { additionalProperties: false }

const TriggerSchema = Type.Union([
  Type.Object({ beforeDeadline: Duration }, { ...nothingElse, title: 'so long before the deadline' }),
  Type.Object({ afterDeadline: Duration }, { ...nothingElse, title: 'so long after the deadline; PT0S is the breach' }),
  Type.Object({ unacknowledgedFor: Duration }, { ...nothingElse, title: 'so long after the previous level while nobody acknowledged' })
], { description: 'Durations are plain elapsed time, on whatever calendar the clock runs' })

const TargetSchema = Type.Union([
  Type.Object({ assignee: Type.Literal(true) }, { ...nothingElse, title: 'the assignee' }),
  Type.Object({ personId: Uuid }, { ...nothingElse, title: 'a named person' }),
  Type.Object({
    role: stringEnum(['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator', 'operator']),
    via: stringEnum(['reporting_line', 'tenant'])
  }, { ...nothingElse, title: 'the first with the role (or above it) going up the line from the assignee, or everyone with it' }),
  Type.Object({ stepsUp: Type.Integer({ minimum: 1, maximum: 10 }) }, { ...nothingElse, title: 'so many steps up the reporting line: 1 is the manager' })
])

const ActionSchema = Type.Union([
  Type.Object({ notify: Type.Literal(true) }, { ...nothingElse, title: 'the targets are told' }),
  Type.Object({ reassign: Type.Literal('first_target') }, { ...nothingElse, title: 'the ticket goes to the first target' }),
  Type.Object({ raisePriority: stringEnum(['one_step', ...priorities]) }, { ...nothingElse, title: 'the priority is raised by one step or to one; never lowered' })
])

const severityFilter = nullable(Type.Array(SeveritySchema, { minItems: 1, uniqueItems: true, description: 'Null for all' }))
const priorityFilter = nullable(Type.Array(PrioritySchema, { minItems: 1, uniqueItems: true, description: 'Null for all' }))
const idFilter = nullable(Type.Array(Uuid, { minItems: 1, maxItems: 100, uniqueItems: true, description: 'Null for all' }))
const metricFilter = Type.Array(MetricSchema, { minItems: 1, maxItems: metrics.length, uniqueItems: true })

const level = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  trigger: TriggerSchema,
  targets: Type.Array(TargetSchema, { minItems: 1, maxItems: 20 }),
  actions: Type.Array(ActionSchema, { minItems: 1, maxItems: 3 })
}
const LevelInput = Type.Object({ ...level, severities: Type.Optional(severityFilter), priorities: Type.Optional(priorityFilter) })
const FiltersInput = Type.Object({
  severities: Type.Optional(severityFilter),
  priorities: Type.Optional(priorityFilter),
  productIds: Type.Optional(idFilter),
  customerIds: Type.Optional(idFilter),
  metrics: Type.Optional(metricFilter)
}, { description: 'Which clocks the ladder is for; what is left out lets everything through, `metrics` are resolution and first_response' })

const name = Type.String({ minLength: 1, maxLength: 200 })
const maxLevels = Type.Integer({ minimum: 1, maximum: levelsMax, description: `Most levels this ladder may have; ${levelsMax} when left out` })
const levels = Type.Array(LevelInput, { minItems: 1, maxItems: levelsMax })

/** Body of a new ladder. */
export const LadderInput = Type.Object({
  name, isDefault: Type.Optional(Type.Boolean()), active: Type.Optional(Type.Boolean()), maxLevels: Type.Optional(maxLevels), filters: Type.Optional(FiltersInput), levels
})
export type LadderInput = Static<typeof LadderInput>

/** Body of a change: what is there is replaced as a whole, `filters` and `levels` too. */
export const LadderPatch = Type.Partial(LadderInput, { minProperties: 1 })
export type LadderPatch = Static<typeof LadderPatch>

const draft = {
  name,
  isDefault: Type.Boolean(),
  active: Type.Boolean(),
  maxLevels,
  filters: Type.Object({ severities: severityFilter, priorities: priorityFilter, productIds: idFilter, customerIds: idFilter, metrics: metricFilter }),
  levels: Type.Array(Type.Object({ ...level, severities: severityFilter, priorities: priorityFilter }))
}
/** A preset: the body to make a ladder like it. */
export const PresetSchema = Type.Object(draft)
/** A stored ladder. */
export const LadderSchema = Type.Object({ id: Uuid, ...draft, version: Type.Integer({ minimum: 1 }), createdAt: Instant, updatedAt: Instant })
/** Path of one ladder. */
export const LadderParams = Type.Object({ ladderId: Uuid })

/** The ladder that a body asks for; `base` is what it changes. */
export function toDraft (input: LadderInput, base?: undefined): LadderDraft
export function toDraft (input: LadderPatch, base: LadderDraft): LadderDraft
export function toDraft ({ name, isDefault, active, maxLevels, filters, levels }: LadderPatch, base?: LadderDraft): LadderDraft {
  return {
    name: name ?? base?.name ?? '',
    isDefault: isDefault ?? base?.isDefault ?? false,
    active: active ?? base?.active ?? true,
    maxLevels: maxLevels ?? base?.maxLevels ?? levelsMax,
    filters: filters === undefined && base !== undefined ? base.filters : completeFilters(filters),
    levels: levels?.map(({ severities = null, priorities = null, ...level }) => ({ ...level, severities, priorities })) ?? base?.levels ?? []
  }
}

function completeFilters (filters: Static<typeof FiltersInput> = {}): LadderDraft['filters'] {
  const { severities = null, priorities = null, productIds = null, customerIds = null, metrics = [...defaultMetrics] } = filters
  return { severities, priorities, productIds, customerIds, metrics }
}

/** The wire form of a ladder. */
export function ladderView (ladder: StoredLadder): Static<typeof LadderSchema> {
  return { ...ladder, createdAt: formatInstant(ladder.createdAt), updatedAt: formatInstant(ladder.updatedAt) } as Static<typeof LadderSchema>
}
