import type { Micros } from '@dueline/business-time'
import type { NextResponseRule, Priority, AgreementKind, Severity } from '@dueline/contracts'
import { instantParam, namePart, type Read, type TenantTx } from '@dueline/postgres'
import { and, asc, eq, gt, ilike, type SQL } from 'drizzle-orm'
import type { PolicyRow } from '../domain/policy.ts'
import { slaRow } from './tables.ts'

/** A row of the SLA table as it is being edited. */
export interface SlaRowRecord extends PolicyRow {
  readonly nextResponse: NextResponseRule
  readonly active: boolean
  readonly version: number
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

export interface SlaRowFilter {
  readonly kind?: AgreementKind
  readonly productId?: string
  readonly moduleId?: string
  readonly questionId?: string
  readonly customerId?: string
  readonly calendarId?: string
  readonly priority?: Priority
  readonly severity?: Severity
  readonly active?: boolean
  readonly q?: string
  readonly afterId?: string
  readonly limit: number
}

/** Lets one transaction at a time change the tenant's table: two rows that overlap must see each other. */
export async function lockSlaTable (tx: TenantTx): Promise<void> {
  await tx.$client.query("select pg_advisory_xact_lock(hashtextextended('sla-policy.rows/' || $1, 0))", [tx.tenantId])
}

export async function insertRow (tx: TenantTx, row: SlaRowRecord): Promise<void> {
  await tx.insert(slaRow).values({ tenantId: tx.tenantId, ...row })
}

export async function updateRow (tx: TenantTx, row: SlaRowRecord): Promise<void> {
  const { id, createdAt: _createdAt, ...changed } = row
  await tx.update(slaRow).set(changed).where(and(eq(slaRow.tenantId, tx.tenantId), eq(slaRow.id, id)))
}

export async function deleteRow (tx: TenantTx, id: string): Promise<void> {
  await tx.delete(slaRow).where(and(eq(slaRow.tenantId, tx.tenantId), eq(slaRow.id, id)))
}

export async function findRow (read: Read, tenantId: string, id: string): Promise<SlaRowRecord | undefined> {
  const [found] = await read.select().from(slaRow).where(and(eq(slaRow.tenantId, tenantId), eq(slaRow.id, id)))
  return found === undefined ? undefined : recordOf(found)
}

/** Reads a row and locks it until the transaction ends. */
export async function lockRow (tx: TenantTx, id: string): Promise<SlaRowRecord | undefined> {
  const [found] = await tx.select().from(slaRow).where(and(eq(slaRow.tenantId, tx.tenantId), eq(slaRow.id, id))).for(
    'update'
  )
  return found === undefined ? undefined : recordOf(found)
}

/** Rows by id (the order in which they were made) after `afterId`. */
export async function listRows (read: Read, tenantId: string, filter: SlaRowFilter): Promise<SlaRowRecord[]> {
  const conditions: SQL[] = [eq(slaRow.tenantId, tenantId)]
  for (
    const key of [
      'kind',
      'productId',
      'moduleId',
      'questionId',
      'customerId',
      'calendarId',
      'priority',
      'severity',
      'active'
    ] as const
  ) {
    const value = filter[key]
    if (value !== undefined) conditions.push(eq(slaRow[key], value))
  }
  if (filter.q !== undefined) conditions.push(ilike(slaRow.name, namePart(filter.q)))
  if (filter.afterId !== undefined) conditions.push(gt(slaRow.id, filter.afterId))
  const rows = await read.select().from(slaRow).where(and(...conditions)).orderBy(asc(slaRow.id)).limit(filter.limit)
  return rows.map(recordOf)
}

/** The active rows in the form in which they are published. */
export async function publishableRows (read: Read, tenantId: string): Promise<PolicyRow[]> {
  const rows = await read.select().from(slaRow).where(and(eq(slaRow.tenantId, tenantId), eq(slaRow.active, true)))
    .orderBy(asc(slaRow.id))
  return rows.map((record) => {
    const { tenantId: _tenant, active: _active, version: _version, createdAt: _c, updatedAt: _u, ...row } = record
    return row
  })
}

/** Other active rows of the same kind, keys and condition whose validity overlaps this one's. */
export async function overlappingRows (tx: TenantTx, row: SlaRowRecord): Promise<string[]> {
  const { rows } = await tx.$client.query<{ id: string }>(
    `select id from sla_row where tenant_id = $1 and id <> $2 and active and kind = $3
       and product_id is not distinct from $4 and module_id is not distinct from $5
       and question_id is not distinct from $6 and priority is not distinct from $7
       and severity is not distinct from $8 and customer_id is not distinct from $9
       and condition is not distinct from $10::jsonb and tstzrange(valid_from, valid_to) && tstzrange($11, $12)
     order by id`,
    [
      tx.tenantId,
      row.id,
      row.kind,
      row.productId,
      row.moduleId,
      row.questionId,
      row.priority,
      row.severity,
      row.customerId,
      row.when === null ? null : JSON.stringify(row.when),
      param(row.validFrom),
      param(row.validTo)
    ]
  )
  return rows.map(({ id }) => id)
}

/** All active rows that overlap some other one, in any pair. */
export async function allOverlappingRows (tx: TenantTx): Promise<string[]> {
  const { rows } = await tx.$client.query<{ id: string }>(
    `select a.id from sla_row a where a.tenant_id = $1 and a.active and exists (
       select from sla_row b where b.tenant_id = a.tenant_id and b.id <> a.id and b.active and b.kind = a.kind
         and (b.product_id, b.module_id, b.question_id, b.priority, b.severity, b.customer_id, b.condition)
           is not distinct from (a.product_id, a.module_id, a.question_id, a.priority, a.severity, a.customer_id,
             a.condition)
         and tstzrange(b.valid_from, b.valid_to) && tstzrange(a.valid_from, a.valid_to)) order by a.id`,
    [tx.tenantId]
  )
  return rows.map(({ id }) => id)
}

function param (instant: Micros | null): string | null {
  return instant === null ? null : instantParam(instant)
}

function recordOf ({ tenantId: _tenant, ...row }: typeof slaRow.$inferSelect): SlaRowRecord {
  return row
}
