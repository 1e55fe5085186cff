import { conditionFields, priorities, type Condition } from '@dueline/contracts'
import type { AssignmentRule, AssignmentSnapshot } from './assignment.ts'
import type { Fault } from './catalogue.ts'

/** What is known, as of now, of whom and what a rule names. */
export interface RuleFacts extends Pick<AssignmentSnapshot, 'agents' | 'points'> {
  /** Whom its pool has; null: that depends on the ticket. */
  readonly pool: readonly string[] | null
  /** People whose calendar never opens again. */
  readonly idle: ReadonlySet<string>
  /** Ids that its condition names and that are nothing here. */
  readonly unknownIds: ReadonlySet<string>
}

/** Fields of a ticket that are ids of what tenants have. */
const idFields = ['productId', 'moduleId', 'questionId', 'customerId'] as const

/** The ids that a condition compares with. */
export function idsIn (condition: Condition | null): string[] {
  if (condition === null) return []
  if ('all' in condition) return condition.all.flatMap(idsIn)
  if ('any' in condition) return condition.any.flatMap(idsIn)
  if ('not' in condition) return idsIn(condition.not)
  if (!(idFields as readonly string[]).includes(conditionFields[condition.field])) return []
  return condition.op === 'eq' ? [condition.value] : condition.op === 'in' ? [...condition.values] : []
}

/**
 * Why a rule that may be saved finds nobody as things stand, or does less than it says; what is missing may still come.
 */
export function ruleWarnings (rule: AssignmentRule, { pool, agents, points, idle, unknownIds }: RuleFacts): Fault[] {
  const warnings: Fault[] = []
  const ids = idsIn(rule.condition)
  const unknown = ids.find((id) => unknownIds.has(id))
  if (unknown !== undefined) {
    warnings.push({ pointer: '/condition', message: `compares with ${unknown}, which nothing here has as its id` })
  }
  if (rule.weights.length > 0 && rule.choice !== 'round_robin') {
    warnings.push({ pointer: '/weights', message: 'only count where choice is round_robin' })
  }
  if (pool === null) return warnings
  for (const [i, { personId }] of rule.weights.entries()) {
    if (pool.includes(personId)) continue
    warnings.push({ pointer: `/weights/${i}/personId`, message: 'is not in the pool now' })
  }
  const message = poolWarning(pool.flatMap((id) => agents[id] ?? []), points, idle)
  return message === null ? warnings : [...warnings, { pointer: '/pool', message }]
}

function poolWarning (
  staff: ReadonlyArray<AssignmentSnapshot['agents'][string]>,
  points: AssignmentSnapshot['points'],
  idle: ReadonlySet<string>
): string | null {
  const present = staff.filter(({ reason }) => reason !== 'inactive')
  if (present.length === 0) return 'has nobody now: every ticket is passed on to the next rule'
  const least = Math.min(...priorities.map((priority) => points[priority]))
  const able = present.filter(({ capacity }) => capacity > 0 && capacity >= least)
  if (able.length === 0) return 'has nobody with capacity for any ticket'
  if (able.every(({ personId }) => idle.has(personId))) {
    return 'has nobody with capacity whose working calendar ever opens again'
  }
  return null
}
