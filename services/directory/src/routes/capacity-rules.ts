import { CapacityPoints, Instant, instantText, nullable, PointsPerPriority } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { StoredCapacityRules } from '../store/capacity-store.ts'

const fields = {
  points: PointsPerPriority,
  defaultCapacityPoints: {
    ...CapacityPoints,
    description: 'The points that a person can carry at once of whom nobody said it; 0: none'
  }
}

/** Body of a change. */
export const CapacityRulesUpdate = Type.Object(fields, {
  title: 'CapacityRulesUpdate',
  description: 'What tickets take of the capacity of people, and how much that is'
})
/** The rules of a tenant on the wire. */
export const CapacityRules = Type.Object({
  ...fields,
  version: Type.Integer({ minimum: 0, description: '0: never set, the built-in ones' }),
  updatedAt: nullable(Instant)
}, { title: 'CapacityRules', description: 'What tickets take of the capacity of people, and how much that is' })

export function capacityRulesView ({ updatedAt, ...rules }: StoredCapacityRules): Static<typeof CapacityRules> {
  return { ...rules, points: { ...rules.points }, updatedAt: instantText(updatedAt) }
}
