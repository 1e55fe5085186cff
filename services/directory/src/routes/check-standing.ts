import { isCustomer } from '@dueline/contracts'
import type { Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { closesCycle } from '../domain/cycle.ts'
import { levelFault } from '../domain/levels.ts'
import { companyOf } from '../store/customer-store.ts'
import { lockOrganization, readLevels } from '../store/level-store.ts'
import type { Person } from '../store/person-store.ts'
import { lineFrom } from '../store/reporting-lines.ts'
import { units } from './units.ts'

/** Where somebody stands. */
type Standing = Pick<Person, 'id' | 'role' | 'managerId' | 'level' | 'unitId'>

/** Where a person stands of whom nothing is said yet. */
export const nowhere = { managerId: null, level: null, unitId: null } as const

/**
 * Why somebody cannot stand where `next` says and `before` did not. Locks the tenant's organization until the
 * transaction ends, so that two changes at once cannot close a cycle together, or name what the other takes away.
 */
export async function standingFaults (
  tx: TenantTx,
  next: Standing,
  before: Partial<Standing> & typeof nowhere | Standing
): Promise<Fault[]> {
  const managerId = next.managerId === before.managerId ? null : next.managerId
  const level = next.level === before.level && next.role === before.role ? null : next.level
  const unitId = next.unitId === before.unitId ? null : next.unitId
  const joinsStaff = isCustomer(before.role) && !isCustomer(next.role)
  if (managerId === null && level === null && unitId === null && !joinsStaff) return []
  await lockOrganization(tx, tx.tenantId)
  return [
    ...(joinsStaff ? await contactFaults(tx, next.id) : []),
    ...(managerId === null ? [] : await managerFaults(tx, next.id, managerId)),
    ...(level === null ? [] : await levelFaults(tx, level, next.role)),
    ...(unitId === null ? [] : await unitFaults(tx, unitId))
  ]
}

/** A company's contacts are customers: whoever joins the staff leaves it first. */
async function contactFaults (tx: TenantTx, personId: string): Promise<Fault[]> {
  const company = await companyOf(tx, personId)
  if (company === null) return []
  const message = `must stay customer while the person is a contact: take it out of contactIds of customer ${company}`
  return [{ pointer: '/role', message }]
}

async function managerFaults (tx: TenantTx, personId: string, managerId: string): Promise<Fault[]> {
  const pointer = '/managerId'
  const line = await lineFrom(tx, tx.tenantId, managerId, { max: 1_000_000 })
  const managers = new Map(line.map((each) => [each.personId, each.managerId]))
  if (closesCycle(personId, managerId, (id) => managers.get(id))) {
    return [{ pointer, message: 'would close a cycle in the reporting line' }]
  }
  const [manager] = line
  if (manager === undefined) return [{ pointer, message: 'no such person' }]
  if (!manager.active) return [{ pointer, message: 'is not active' }]
  return isCustomer(manager.role) ? [{ pointer, message: 'is a customer' }] : []
}

async function levelFaults (tx: TenantTx, level: string, role: Person['role']): Promise<Fault[]> {
  const { levels } = await readLevels(tx, tx.tenantId)
  const message = levelFault(levels, level, role)
  return message === null ? [] : [{ pointer: '/level', message }]
}

async function unitFaults (tx: TenantTx, unitId: string): Promise<Fault[]> {
  const unit = await units.store.find(tx, tx.tenantId, unitId)
  if (unit?.active === true) return []
  return [{ pointer: '/unitId', message: unit === undefined ? 'no such unit' : 'is not active' }]
}
