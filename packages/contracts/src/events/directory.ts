import { Type, type Static } from 'typebox'
import {
  AvailabilityStateSchema,
  CapacityPoints,
  Instant,
  LanguageSchema,
  nullable,
  PointsPerPriority,
  RoleSchema,
  Uuid
} from '../vocabulary.ts'
import { PersonSnapshot } from './parts.ts'

const version = Type.Integer({ minimum: 1 })

export const TeamSnapshot = Type.Object({
  id: Uuid,
  name: Type.String({ maxLength: 200 }),
  leadId: nullable(Uuid),
  memberIds: Type.Array(Uuid),
  calendarId: nullable(Uuid),
  productIds: Type.Array(Uuid),
  moduleIds: Type.Array(Uuid),
  active: Type.Boolean(),
  version
}, { title: 'TeamSnapshot', description: 'A team after what happened' })
export type TeamSnapshot = Static<typeof TeamSnapshot>

/** What is deleted comes once more, one version later and not active: copies stay, and nothing new may name it. */
const deleted = Type.Boolean({ description: 'true: it is no more, and this is its last version' })

export const TeamChanged = Type.Object({ team: TeamSnapshot, deleted }, {
  title: 'TeamChanged',
  description: 'A team was added, changed or deleted'
})
export type TeamChanged = Static<typeof TeamChanged>

export const LevelsChanged = Type.Object({
  levels: Type.Array(Type.Object({
    key: Type.String({ maxLength: 63 }),
    name: Type.String({ maxLength: 100 }),
    role: RoleSchema
  }, { title: 'LevelSnapshot', description: 'A step of the hierarchy' })),
  version
}, { title: 'LevelsChanged', description: 'The levels of the hierarchy were set, from the lowest to the highest' })
export type LevelsChanged = Static<typeof LevelsChanged>

export const PersonChanged = Type.Object({ person: PersonSnapshot }, {
  title: 'PersonChanged',
  description: 'A person was added or changed'
})
export type PersonChanged = Static<typeof PersonChanged>

export const UnitSnapshot = Type.Object({
  id: Uuid,
  name: Type.String({ maxLength: 200 }),
  kind: nullable(Type.String({ maxLength: 100 })),
  parentId: nullable(Uuid),
  headId: nullable(Uuid),
  active: Type.Boolean(),
  version
}, { title: 'UnitSnapshot', description: 'A unit after what happened' })
export type UnitSnapshot = Static<typeof UnitSnapshot>

export const UnitChanged = Type.Object({ unit: UnitSnapshot, deleted }, {
  title: 'UnitChanged',
  description: 'A unit was added, changed or deleted'
})
export type UnitChanged = Static<typeof UnitChanged>

export const CustomerChanged = Type.Object({
  customer: Type.Object({
    id: Uuid,
    name: Type.String({ maxLength: 200 }),
    parentId: nullable(Uuid),
    contactIds: Type.Array(Uuid),
    contractTier: nullable(Type.String({ maxLength: 100 })),
    productIds: Type.Array(Uuid),
    language: LanguageSchema,
    calendarId: nullable(Uuid),
    active: Type.Boolean(),
    version
  }, { title: 'CustomerSnapshot', description: 'A company after what happened' }),
  deleted
}, { title: 'CustomerChanged', description: 'A company was added, changed or deleted' })
export type CustomerChanged = Static<typeof CustomerChanged>

export const ResponsibilitySnapshot = Type.Object({
  id: Uuid,
  productId: nullable({ ...Uuid, description: 'For what: a product, or null where it is a module' }),
  moduleId: nullable({ ...Uuid, description: 'For what: a module, or null where it is a product' }),
  personId: nullable({ ...Uuid, description: 'Who: a person, or null where it is a team' }),
  teamId: nullable({ ...Uuid, description: 'Who: a team, or null where it is a person' }),
  version
}, { title: 'ResponsibilitySnapshot', description: 'Who is responsible for what after what happened' })
export type ResponsibilitySnapshot = Static<typeof ResponsibilitySnapshot>

export const ResponsibilityChanged = Type.Object({ responsibility: ResponsibilitySnapshot, deleted }, {
  title: 'ResponsibilityChanged',
  description: 'Who is responsible for a product or module was added or deleted'
})
export type ResponsibilityChanged = Static<typeof ResponsibilityChanged>

export const AvailabilityChanged = Type.Object({
  availability: Type.Object({
    personId: Uuid,
    state: nullable(AvailabilityStateSchema),
    until: nullable({ ...Instant, description: 'When the state ends to count; no event says so then. null: open' }),
    capacityPoints: nullable(CapacityPoints),
    version
  }, {
    title: 'AvailabilitySnapshot',
    description:
      'What was set by hand for a person after what happened. A state of null: absences and the calendar decide. ' +
      'Capacity of null: the default of the tenant'
  })
}, { title: 'AvailabilityChanged', description: 'A state or the capacity of a person was set by hand' })
export type AvailabilityChanged = Static<typeof AvailabilityChanged>

export const AbsenceChanged = Type.Object({
  absence: Type.Object({
    id: Uuid,
    personId: Uuid,
    from: Instant,
    to: { ...Instant, description: 'Its end, which is no part of it' },
    substituteId: nullable(Uuid),
    version
  }, { title: 'AbsenceSnapshot', description: 'A planned absence after what happened; without its reason' }),
  deleted
}, { title: 'AbsenceChanged', description: 'An absence was planned, changed or deleted' })
export type AbsenceChanged = Static<typeof AbsenceChanged>

export const CapacityChanged = Type.Object({
  capacity: Type.Object({
    points: PointsPerPriority,
    defaultCapacityPoints: CapacityPoints,
    version
  }, { title: 'CapacitySnapshot', description: 'What tickets weigh, and what people can carry, after what happened' })
}, { title: 'CapacityChanged', description: 'The capacity rules of a tenant were set' })
export type CapacityChanged = Static<typeof CapacityChanged>

/** How a tenant is organized. */
export const organizationEvents = {
  'dueline.team.changed.v1': TeamChanged,
  'dueline.levels.changed.v1': LevelsChanged,
  'dueline.unit.changed.v1': UnitChanged,
  'dueline.customer.changed.v1': CustomerChanged,
  'dueline.responsibility.changed.v1': ResponsibilityChanged,
  'dueline.availability.changed.v1': AvailabilityChanged,
  'dueline.absence.changed.v1': AbsenceChanged,
  'dueline.capacity.changed.v1': CapacityChanged
} as const

export const directoryEvents = {
  ...organizationEvents,
  'dueline.person.changed.v1': PersonChanged
} as const
