import type { Micros } from '@dueline/business-time'
import type { Read, Tx } from '@dueline/postgres'
import { and, asc, eq, gt } from 'drizzle-orm'
import { apiKey } from './tables.ts'

/** A key without its secret; instants in microseconds. */
export type ApiKey = Omit<typeof apiKey.$inferSelect, 'tenantId'>

function ownKey (tenantId: string, id: string) {
  return and(eq(apiKey.tenantId, tenantId), eq(apiKey.id, id))
}

function keyOf ({ tenantId: _, ...row }: typeof apiKey.$inferSelect): ApiKey {
  return row
}

/** The key of this name, whosever it is: who brings it is not known yet. */
export async function findKeyByPublicId (
  everyTenant: Read,
  publicId: string
): Promise<(typeof apiKey.$inferSelect) | undefined> {
  const [row] = await everyTenant.select().from(apiKey).where(eq(apiKey.publicId, publicId))
  return row
}

export async function findApiKey (read: Read, tenantId: string, id: string): Promise<ApiKey | null> {
  const [row] = await read.select().from(apiKey).where(ownKey(tenantId, id))
  return row === undefined ? null : keyOf(row)
}

/** Locks a key for a change. */
export async function lockApiKey (tx: Tx, tenantId: string, id: string): Promise<ApiKey | null> {
  const [row] = await tx.select().from(apiKey).where(ownKey(tenantId, id)).for('update')
  return row === undefined ? null : keyOf(row)
}

export async function insertApiKey (tx: Tx, tenantId: string, row: ApiKey): Promise<void> {
  await tx.insert(apiKey).values({ tenantId, ...row })
}

/** Writes these fields of a key; answers it as it is then. */
export async function updateApiKey (tx: Tx, tenantId: string, key: ApiKey, fields: Partial<ApiKey>): Promise<ApiKey> {
  await tx.update(apiKey).set(fields).where(ownKey(tenantId, key.id))
  return { ...key, ...fields }
}

export async function markUsed (read: Read, tenantId: string, id: string, lastUsedAt: Micros): Promise<void> {
  await read.update(apiKey).set({ lastUsedAt }).where(ownKey(tenantId, id))
}

/** At most `limit` keys behind the given one, in the order in which they were made. */
export async function listApiKeys (
  read: Read,
  tenantId: string,
  { after, limit }: { after: string | null, limit: number }
): Promise<ApiKey[]> {
  const behind = and(eq(apiKey.tenantId, tenantId), after === null ? undefined : gt(apiKey.id, after))
  return (await read.select().from(apiKey).where(behind).orderBy(asc(apiKey.id)).limit(limit)).map(keyOf)
}
