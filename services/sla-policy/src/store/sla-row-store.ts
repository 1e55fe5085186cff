import type { Micros } from '@dueline/business-time'
import type { AgreementKind, NextResponseRule, PolicyEffect, Priority, Severity } from '@dueline/contracts'
import {
  instantParam,
  namePart,
  writtenSince,
  type Read,
  type SeenTransactions,
  type TenantTx
} from '@dueline/postgres'
import { and, asc, desc, eq, getTableColumns, gt, ilike, sql, type SQL } from 'drizzle-orm'
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
  readonly escalationPolicyId?: string
  readonly priority?: Priority
  readonly severity?: Severity
  readonly effect?: PolicyEffect
  readonly active?: boolean
  /** Part of the name; case does not count. */
  readonly q?: string
  /** Rows that are valid at this instant. */
  readonly validAt?: Micros
  /** These rows alone. */
  readonly ids?: readonly string[]
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

/** Rows per statement: so many that others wait only some milliseconds while they are written down or read. */
const rowsPerStatement = 250

/** Stores rows that are new or changed. The caller holds `lockSlaTable` and has locked those that are there. */
export async function saveRows (tx: TenantTx, rows: readonly SlaRowRecord[]): Promise<void> {
  const { tenantId: _tenant, id: _id, createdAt: _createdAt, ...changing } = getTableColumns(slaRow)
  const set = Object.fromEntries(
    Object.entries(changing).map(([field, column]) => [field, sql.raw(`excluded."${column.name}"`)])
  )
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const values = rows.slice(from, from + rowsPerStatement).map((row) => ({ tenantId: tx.tenantId, ...row }))
    await tx.insert(slaRow).values(values).onConflictDoUpdate({ target: [slaRow.tenantId, slaRow.id], set })
  }
}

/** Those of the named rows that there are, locked until the transaction ends, by id. */
export async function lockRows (tx: TenantTx, ids: readonly string[]): Promise<Map<string, SlaRowRecord>> {
  const sorted = [...ids].sort()
  const locked = new Map<string, SlaRowRecord>()
  for (let from = 0; from < sorted.length; from += rowsPerStatement) {
    const some = sql.param(sorted.slice(from, from + rowsPerStatement))
    const rows = await tx.select().from(slaRow)
      .where(and(eq(slaRow.tenantId, tx.tenantId), sql`${slaRow.id} = any(${some}::uuid[])`))
      .orderBy(asc(slaRow.id)).for('update')
    for (const row of rows) locked.set(row.id, recordOf(row))
  }
  return locked
}

/** All statements of a transaction see the tables as they are now, though others write meanwhile. Its first one. */
export async function seeOneState (tx: TenantTx): Promise<void> {
  await tx.$client.query('set transaction isolation level repeatable read, read only')
}

/** At most `limit` rows that a filter finds, page by page in the order in which they were made. */
export async function* rowPagesOf (
  read: Read,
  tenantId: string,
  filter: SlaRowFilter,
  limit: number
): AsyncGenerator<SlaRowRecord[]> {
  let after: RowPosition | null = null
  for (let left = limit; left > 0; left -= rowsPerStatement) {
    const page: PlacedRow[] = await listRows(read, tenantId, filter, { after, limit: Math.min(left, rowsPerStatement) })
    if (page.length > 0) yield page.map(({ row }) => row)
    if (page.length < rowsPerStatement) return
    after = page.at(-1)!.position
  }
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

/** What a list of rows can be ordered by. */
export const rowSorts = ['createdAt', 'name', '-name', 'rank', '-rank', 'priority', '-priority'] as const
export type RowSort = typeof rowSorts[number]
/** Where a row stands in an order; a row without a priority stands behind those that have one. */
export interface RowPosition {
  readonly key: string
  readonly id: string
}

// in the order in which they were made they have ids
const sortKeys = {
  createdAt: null,
  name: sql`lower(${slaRow.name}) collate "C"`,
  rank: sql`lpad((${slaRow.rank} + 1000000)::text, 7, '0') collate "C"`,
  priority: sql`coalesce(${slaRow.priority}, '~') collate "C"`
}

function sortOf (sort: RowSort): { key: SQL | null, isDescending: boolean } {
  const field = sort.replace('-', '') as keyof typeof sortKeys
  return { key: sortKeys[field], isDescending: sort.startsWith('-') }
}

/** At most `limit` rows in an order (by default that in which they were made), behind a position. */
export async function listRows (
  read: Read,
  tenantId: string,
  filter: SlaRowFilter,
  { sort = 'createdAt', after = null, limit }: { sort?: RowSort, after?: RowPosition | null, limit: number }
): Promise<PlacedRow[]> {
  const { key, isDescending } = sortOf(sort)
  const place = key === null ? sql`(${slaRow.id})` : sql`(${key}, ${slaRow.id})`
  const behind = after === null
    ? undefined
    : sql`${place} ${sql.raw(isDescending ? '<' : '>')} ${
      key === null ? sql`(${after.id}::uuid)` : sql`(${after.key}, ${after.id}::uuid)`
    }`
  const order = [...key === null ? [] : [key], slaRow.id].map((each) => isDescending ? desc(each) : asc(each))
  const rows = await read.select({ row: slaRow, key: key === null ? sql<string>`''` : sql<string>`${key}` }).from(
    slaRow
  )
    .where(and(conditionsOf(tenantId, filter), behind)).orderBy(...order).limit(limit)
  return rows.map(({ row, key: at }) => ({ row: recordOf(row), position: { key: at, id: row.id } }))
}

/** A row with its place in the order of its list. */
export interface PlacedRow {
  readonly row: SlaRowRecord
  readonly position: RowPosition
}

/** At most `limit` rows that were written since, by id. */
export async function listWrittenRows (
  read: Read,
  tenantId: string,
  filter: SlaRowFilter,
  { seen, after, limit }: { seen: SeenTransactions, after: string | null, limit: number }
): Promise<PlacedRow[]> {
  const written = and(writtenSince(sql`${slaRow}.written_in`, seen), after === null ? undefined : gt(slaRow.id, after))
  const rows = await read.select().from(slaRow).where(and(conditionsOf(tenantId, filter), written))
    .orderBy(asc(slaRow.id)).limit(limit)
  return rows.map((row) => ({ row: recordOf(row), position: { key: '', id: row.id } }))
}

const equalFields = [
  'kind',
  'productId',
  'moduleId',
  'questionId',
  'customerId',
  'calendarId',
  'escalationPolicyId',
  'priority',
  'severity',
  'effect',
  'active'
] as const

function conditionsOf (tenantId: string, { q, validAt, ids, ...equal }: SlaRowFilter): SQL | undefined {
  const at = validAt === undefined ? null : instantParam(validAt)
  return and(
    eq(slaRow.tenantId, tenantId),
    ...equalFields.map((field) => equal[field] === undefined ? undefined : eq(slaRow[field], equal[field])),
    q === undefined ? undefined : ilike(slaRow.name, namePart(q)),
    ids === undefined ? undefined : sql`${slaRow.id} = any(${sql.param([...ids])}::uuid[])`,
    at === null
      ? undefined
      : sql`tstzrange(${slaRow.validFrom}, ${slaRow.validTo}) @> ${at}::timestamptz`
  )
}

/** The ids of the rows that a filter finds, at most `limit`. */
export async function idsOfRows (
  read: Read,
  tenantId: string,
  filter: SlaRowFilter,
  limit: number
): Promise<string[]> {
  const rows = await read.select({ id: slaRow.id }).from(slaRow).where(conditionsOf(tenantId, filter))
    .orderBy(asc(slaRow.id)).limit(limit)
  return rows.map(({ id }) => id)
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

/** What two rows may not have in common: all keys and the condition, or severity and priority alone. */
export type RowUniqueness = 'coverage' | 'severity_priority'

const sameColumns: Readonly<Record<RowUniqueness, string>> = {
  coverage: 'product_id, module_id, question_id, priority, severity, customer_id, condition',
  severity_priority: 'severity, priority'
}

/** All active rows that overlap some other one in validity; `of` one row: those that overlap it. */
export async function overlappingRows (tx: TenantTx, uniqueness: RowUniqueness, of?: SlaRowRecord): Promise<string[]> {
  const columns = sameColumns[uniqueness].split(', ')
  const listed = (table: string): string => `(${columns.map((column) => `${table}.${column}`).join()})`
  const { rows } = await tx.$client.query<{ id: string }>(
    `with b as (
       select id, kind, ${columns.join()}, valid_from, valid_to from sla_row where tenant_id = $1 and active
         and $2::uuid is null
       union all
       select id, kind, ${columns.join()}, valid_from, valid_to
       from jsonb_populate_record(null::sla_row, $3::jsonb) where $2::uuid is not null)
     select a.id from sla_row a where a.tenant_id = $1 and a.active and exists (
       select from b where b.id <> a.id and b.kind = a.kind and ${listed('b')} is not distinct from ${listed('a')}
         and tstzrange(b.valid_from, b.valid_to) && tstzrange(a.valid_from, a.valid_to)) order by a.id`,
    [tx.tenantId, of?.id ?? null, of === undefined ? null : JSON.stringify(storedForm(of))]
  )
  return rows.map(({ id }) => id)
}

function storedForm (row: SlaRowRecord): object {
  return {
    id: row.id,
    kind: row.kind,
    product_id: row.productId,
    module_id: row.moduleId,
    question_id: row.questionId,
    priority: row.priority,
    severity: row.severity,
    customer_id: row.customerId,
    condition: row.when,
    valid_from: param(row.validFrom),
    valid_to: param(row.validTo)
  }
}

function param (instant: Micros | null): string | null {
  return instant === null ? null : instantParam(instant)
}

function recordOf ({ tenantId: _tenant, ...row }: typeof slaRow.$inferSelect): SlaRowRecord {
  return row
}
