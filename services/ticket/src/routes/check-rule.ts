import { isCustomer } from '@dueline/contracts'
import { baseErrors, problem, type AnyRequest, type Fault } from '@dueline/http'
import { conditionFaultsOf } from '../domain/rule-faults.ts'
import { teamFaults, unitFaults } from '../domain/team-and-unit-faults.ts'
import { findPeople } from '../store/person-store.ts'
import type { StoredRule } from '../store/rule-store.ts'
import type { RouteDeps } from './route-deps.ts'

/**
 * Ends the request when a rule can never match, or names a team, unit or person that it cannot. `at`: where the rule
 * stands in the body. @throws Problem 400
 */
export async function checkRule (
  { principal: { tenantId }, headers: { authorization } }: AnyRequest,
  { database, teams, units }: RouteDeps,
  rule: StoredRule,
  { before, at = '' }: { before?: StoredRule, at?: string } = {}
): Promise<void> {
  const faults: Fault[] = conditionFaultsOf(rule.condition)
  const { pool } = rule
  const isNew = JSON.stringify(pool) !== JSON.stringify(before?.pool)
  if (pool.kind === 'team' && isNew) {
    faults.push(
      ...teamFaults(pool.teamId, await teams.find({ tenantId, authorization }, [pool.teamId]), '/pool/teamId')
    )
  }
  if (pool.kind === 'unit' && isNew) {
    faults.push(
      ...unitFaults(pool.unitId, await units.find({ tenantId, authorization }, [pool.unitId]), '/pool/unitId')
    )
  }
  if (pool.kind === 'person' && isNew) {
    const person = (await findPeople(database.forTenant(tenantId).read, tenantId, [pool.personId])).get(pool.personId)
    const message = person === undefined
      ? 'no such person'
      : isCustomer(person.role)
      ? 'is a customer'
      : person.active
      ? null
      : 'is not active'
    if (message !== null) faults.push({ pointer: '/pool/personId', message })
  }
  const seen = new Set<string>()
  for (const [i, { personId }] of rule.weights.entries()) {
    if (seen.has(personId)) faults.push({ pointer: `/weights/${i}/personId`, message: 'stands in the list already' })
    seen.add(personId)
  }
  if (faults.length > 0) {
    const placed = faults.map(({ pointer, message }) => ({ pointer: `${at}${pointer}`, message }))
    problem(baseErrors.validation_failed, { faults: placed })
  }
}
