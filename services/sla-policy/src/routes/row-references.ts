import { isCustomer } from '@dueline/contracts'
import { problem, type AnyRequest, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { errors } from '../errors.ts'
import { calendarExists } from '../store/calendar-store.ts'
import { findItem } from '../store/catalogue-store.ts'
import { readSettings } from '../store/policy-store.ts'
import { overlappingRows, type SlaRowRecord } from '../store/sla-row-store.ts'
import { refuseFaults, type RouteDeps } from './route-deps.ts'

type Keys = Pick<SlaRowRecord, 'productId' | 'moduleId' | 'questionId' | 'calendarId'>

/**
 * Ends in 400 when a row (or a ticket, whose pointer is `at`) names something that is not there, or that belongs to
 * something else than it says; `known` are faults found before.
 */
export async function checkReferences (tx: TenantTx, row: Keys, known: readonly Fault[], at = ''): Promise<void> {
  const faults = [...known]
  const fault = (pointer: string, message: string) => {
    faults.push({ pointer: at + pointer, message })
  }
  const { productId, moduleId, questionId, calendarId } = row
  if (productId !== null && await findItem(tx, tx.tenantId, 'product', productId) === undefined) {
    fault('/productId', 'there is no such product')
  }
  if (moduleId !== null) {
    const module = await findItem(tx, tx.tenantId, 'module', moduleId)
    if (module === undefined) fault('/moduleId', 'there is no such module')
    else if (productId !== null && module.productId !== productId) {
      fault('/moduleId', 'belongs to another product than productId')
    }
  }
  if (questionId !== null) {
    const question = await findItem(tx, tx.tenantId, 'question', questionId)
    if (question === undefined) fault('/questionId', 'there is no such question')
    else if (moduleId !== null && question.moduleId !== moduleId) {
      fault('/questionId', 'belongs to another module than moduleId')
    } else if (productId !== null && question.productId !== productId) {
      fault('/questionId', 'belongs to another product than productId')
    }
  }
  if (calendarId !== null && !await calendarExists(tx, tx.tenantId, calendarId)) {
    fault('/calendarId', 'there is no such calendar')
  }
  refuseFaults(faults)
}

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
  if (!row.active || !(await readSettings(tx, tx.tenantId)).forbidOverlap) return
  const rowIds = await overlappingRows(tx, row)
  if (rowIds.length > 0) {
    problem(errors.sla_row_overlaps, {
      detail: `it covers the same as ${rowIds.length} other active ${rowIds.length === 1 ? 'row' : 'rows'}`,
      extra: { rowIds }
    })
  }
}
