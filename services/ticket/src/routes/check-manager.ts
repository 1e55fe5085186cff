import type { Fault } from '@dueline/http'
import type { Tx } from '@dueline/postgres'
import { closesCircle } from '../domain/reporting-line.ts'
import { lineAbove } from '../store/person-store.ts'

/**
 * Why somebody cannot report to this manager: unknown, a circle. Locks the tenant's reporting lines until the
 * transaction ends.
 */
export async function managerFaults (
  tx: Tx,
  tenantId: string,
  personId: string,
  managerId: string | null
): Promise<Fault[]> {
  if (managerId === null) return []
  const line = await lineAbove(tx, tenantId, managerId)
  if (closesCircle(personId, managerId, (id) => line.get(id) ?? null)) {
    return [{ pointer: '/managerId', message: 'would close a circle in the reporting line' }]
  }
  return line.has(managerId) ? [] : [{ pointer: '/managerId', message: 'no such person' }]
}
