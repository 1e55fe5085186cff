import { Type, type Static } from 'typebox'
import { LanguageSchema, nullable, RoleSchema, Uuid } from '../vocabulary.ts'

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

export const PositionChanged = Type.Object({
  position: Type.Object({
    personId: Uuid,
    managerId: nullable(Uuid),
    level: nullable(Type.String({ maxLength: 63, description: 'The key of a level' })),
    unitId: nullable(Uuid),
    version
  }, { title: 'PositionSnapshot', description: 'Where a person stands after what happened' })
}, { title: 'PositionChanged', description: 'A person has another manager, level or unit' })
export type PositionChanged = Static<typeof PositionChanged>

export const UnitChanged = Type.Object({
  unit: Type.Object({
    id: Uuid,
    name: Type.String({ maxLength: 200 }),
    kind: nullable(Type.String({ maxLength: 100 })),
    parentId: nullable(Uuid),
    headId: nullable(Uuid),
    active: Type.Boolean(),
    version
  }, { title: 'UnitSnapshot', description: 'A unit after what happened' }),
  deleted
}, { title: 'UnitChanged', description: 'A unit was added, changed or deleted' })
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

export const directoryEvents = {
  'dueline.team.changed.v1': TeamChanged,
  'dueline.levels.changed.v1': LevelsChanged,
  'dueline.position.changed.v1': PositionChanged,
  'dueline.unit.changed.v1': UnitChanged,
  'dueline.customer.changed.v1': CustomerChanged
} as const
