import type { Read } from '@dueline/postgres'
import { idsIn, ruleWarnings } from '../domain/rule-warnings.ts'
import type { Fault } from '../domain/catalogue.ts'
import { findItems } from '../store/catalogue-store.ts'
import { findPeople } from '../store/person-store.ts'
import type { StoredRule } from '../store/rule-store.ts'
import { agentsOf, capacityOf, poolsOf } from '../store/snapshot-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** What is to be said of a rule that is saved, by the copies as they are: it may find nobody. */
export async function warningsOf (
  read: Read,
  tenantId: string,
  rule: StoredRule,
  { clock, calendars }: Pick<RouteDeps, 'clock' | 'calendars'>
): Promise<Fault[]> {
  const at = clock.now()
  const pool = rule.pool.kind === 'responsibility' ? null : (await poolsOf(read, tenantId, [rule], []))[rule.id] ?? []
  const { points, defaultCapacityPoints } = await capacityOf(read, tenantId)
  const agents = await agentsOf(read, tenantId, pool ?? [], { points, defaultCapacityPoints, at, calendars })
  const ids = idsIn(rule.condition)
  const known = [await findItems(read, tenantId, ids), await findPeople(read, tenantId, ids)]
  return ruleWarnings(rule, {
    pool,
    agents,
    points,
    idle: await calendars.neverOpenFor(read, tenantId, pool ?? [], at),
    unknownIds: new Set(ids.filter((id) => known.every((each) => !each.has(id))))
  })
}
