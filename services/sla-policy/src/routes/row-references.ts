import { isCustomer } from '@dueline/contracts'
import { problem, type AnyRequest, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { referenceFaults, type RowReferences } from '../domain/reference-faults.ts'
import { errors } from '../errors.ts'
import { calendarExists } from '../store/calendar-store.ts'
import { catalogueKinds, findItem, type CatalogueItem } from '../store/catalogue-store.ts'
import { readSettings, type SettingsRecord } from '../store/policy-store.ts'
import { overlappingRows, type RowUniqueness, type SlaRowRecord } from '../store/sla-row-store.ts'
import { refuseFaults, type RouteDeps } from './route-deps.ts'

/**
 * Ends in 400 when a row (or a ticket, whose pointer is `at`) names something that is not there, or that belongs to
 * something else than it says; `known` are faults found before.
 */
export async function checkReferences (
  tx: TenantTx,
  row: RowReferences,
  known: readonly Fault[],
  at = ''
): Promise<void> {
  const found = new Map<string, CatalogueItem>()
  for (const kind of catalogueKinds) {
    const id = row[`${kind}Id`]
    const item = id === null ? undefined : await findItem(tx, tx.tenantId, kind, id)
    if (item !== undefined) found.set(`${kind} ${item.id}`, item)
  }
  const { calendarId } = row
  const hasCalendar = calendarId !== null && await calendarExists(tx, tx.tenantId, calendarId)
  const faults = referenceFaults(
    row,
    (kind, id) => kind !== 'calendar' ? found.get(`${kind} ${id}`) : hasCalendar ? nowhere : undefined
  )
  refuseFaults([...known, ...faults.map(({ pointer, message }) => ({ pointer: at + pointer, message }))])
}

const nowhere = { productId: null, moduleId: null }

/** Why the named person is not a customer of the tenant. Asked before the transaction: it may ask another service. */
export async function customerFaults (
  request: AnyRequest,
  { people }: RouteDeps,
  customerId: string | null | undefined
): Promise<Fault[]> {
  if (customerId === null || customerId === undefined) return []
  const { principal: { tenantId }, headers: { authorization } } = request
  const person = (await people.find({ tenantId, authorization }, [{ id: customerId }])).get(customerId)
  if (isCustomer(person?.role)) return []
  return [{ pointer: '/customerId', message: person === undefined ? 'there is no such person' : 'is not a customer' }]
}

/**
 * Ends in 409 when the tenant forbids overlaps and the row would overlap another active one. The caller holds
 * `lockSlaTable`.
 */
export async function checkOverlap (tx: TenantTx, row: SlaRowRecord): Promise<void> {
  if (!row.active) return
  for (const uniqueness of uniquenessOf(await readSettings(tx, tx.tenantId))) {
    const rowIds = await overlappingRows(tx, uniqueness, row)
    if (rowIds.length === 0) continue
    const what = uniqueness === 'coverage' ? 'it covers the same' : 'it has the same severity and priority'
    problem(errors.sla_row_overlaps, {
      detail: `${what} as ${rowIds.length} other active ${rowIds.length === 1 ? 'row' : 'rows'}`,
      extra: { rowIds }
    })
  }
}

/** In which ways rows may not overlap. */
export function uniquenessOf (
  { forbidOverlap, oneRowPerSeverityAndPriority }: Pick<
    SettingsRecord,
    'forbidOverlap' | 'oneRowPerSeverityAndPriority'
  >
): RowUniqueness[] {
  return [
    ...forbidOverlap ? ['coverage' as const] : [],
    ...oneRowPerSeverityAndPriority ? ['severity_priority' as const] : []
  ]
}
