import type { Micros } from '@dueline/business-time'
import type { Read, TenantTx, Tx } from '@dueline/postgres'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { Ladder } from '../domain/ladder-choice.ts'
import type { LadderDraft } from '../domain/ladder.ts'
import { ladders, ladderVersions } from './tables.ts'

/** A ladder with the instants it was made and last changed, in microseconds. */
export interface StoredLadder extends Ladder {
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

/** The unique index that allows one default ladder per tenant. */
export const oneDefault = 'ladder_one_default'

type Row = typeof ladders.$inferSelect

function toLadder ({ id, name, isDefault, active, definition, version, createdAt, updatedAt }: Row): StoredLadder {
  return { id, name, isDefault, active, ...definition, version, createdAt, updatedAt }
}

function columnsOf ({ name, isDefault, active, maxLevels, filters, levels }: LadderDraft) {
  return { name, isDefault, active, definition: { maxLevels, filters, levels } }
}

/** The tenant's ladder, or undefined; `lock` keeps it as it is until the transaction ends. */
export async function findLadder (
  read: Read,
  tenantId: string,
  id: string,
  { lock = false } = {}
): Promise<StoredLadder | undefined> {
  const query = read.select().from(ladders).where(and(eq(ladders.tenantId, tenantId), eq(ladders.id, id)))
  const [row] = await (lock ? query.for('update') : query)
  return row === undefined ? undefined : toLadder(row)
}

/** Up to `limit` of a tenant's ladders after the id given, in the order they were made. */
export async function listLadders (
  read: Read,
  tenantId: string,
  { limit, after, active }: { limit: number, after: string | undefined, active: boolean | undefined }
): Promise<StoredLadder[]> {
  const rows = await read.select().from(ladders).where(and(
    eq(ladders.tenantId, tenantId),
    after === undefined ? undefined : gt(ladders.id, after),
    active === undefined ? undefined : eq(ladders.active, active)
  )).orderBy(asc(ladders.id)).limit(limit)
  return rows.map(toLadder)
}

/** Adds a ladder in its first version. @throws a unique violation of `oneDefault` */
export async function insertLadder (tx: TenantTx, id: string, draft: LadderDraft, now: Micros): Promise<StoredLadder> {
  const [row] = await tx.insert(ladders).values({
    tenantId: tx.tenantId,
    id,
    ...columnsOf(draft),
    version: 1,
    createdAt: now,
    updatedAt: now
  }).returning()
  const ladder = toLadder(row!)
  await keepVersion(tx, ladder)
  return ladder
}

/** Writes the next version of a locked ladder. @throws a unique violation of `oneDefault` */
export async function updateLadder (
  tx: TenantTx,
  { id, version }: Ladder,
  draft: LadderDraft,
  now: Micros
): Promise<StoredLadder> {
  const [row] = await tx.update(ladders).set({ ...columnsOf(draft), version: version + 1, updatedAt: now })
    .where(and(eq(ladders.tenantId, tx.tenantId), eq(ladders.id, id))).returning()
  const ladder = toLadder(row!)
  await keepVersion(tx, ladder)
  return ladder
}

async function keepVersion (tx: TenantTx, { id, version, name, levels }: Ladder): Promise<void> {
  await tx.insert(ladderVersions).values({ tenantId: tx.tenantId, ladderId: id, version, name, levels })
}

/** Removes a ladder; its versions stay for the escalations that use them. False when there was none. */
export async function deleteLadder (tx: TenantTx, id: string): Promise<boolean> {
  const { rowCount } = await tx.delete(ladders).where(and(eq(ladders.tenantId, tx.tenantId), eq(ladders.id, id)))
  return rowCount === 1
}

interface ActiveRow {
  tenant_id: string
  id: string
  name: string
  is_default: boolean
  version: number
  definition: Row['definition']
}

/** All active ladders of the tenants given, by tenant. */
export async function activeLadders (tx: Tx, tenantIds: ReadonlySet<string>): Promise<Map<string, Ladder[]>> {
  const { rows } = await tx.$client.query<ActiveRow>({
    name: 'ladder-active',
    text:
      'select tenant_id, id, name, is_default, version, definition from ladder where tenant_id = any($1) and active',
    values: [[...tenantIds]]
  })
  const byTenant = new Map<string, Ladder[]>([...tenantIds].map((tenantId) => [tenantId, []]))
  for (const { tenant_id: tenantId, id, name, is_default: isDefault, version, definition } of rows) {
    byTenant.get(tenantId)?.push({ id, name, isDefault, active: true, version, ...definition })
  }
  return byTenant
}
