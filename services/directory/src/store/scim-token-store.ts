import type { Micros } from '@dueline/business-time'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, gt } from 'drizzle-orm'
import { scimToken } from './tables.ts'

/** A token without its secret; instants in microseconds. */
export type ScimToken = Omit<typeof scimToken.$inferSelect, 'tenantId'>

function ownToken (tenantId: string, id: string) {
  return and(eq(scimToken.tenantId, tenantId), eq(scimToken.id, id))
}

function tokenOf ({ tenantId: _, ...row }: typeof scimToken.$inferSelect): ScimToken {
  return row
}

/** The token of this name, whosever it is: who brings it is not known yet. */
export async function findScimToken (
  everyTenant: Read,
  publicId: string
): Promise<(typeof scimToken.$inferSelect) | undefined> {
  const [row] = await everyTenant.select().from(scimToken).where(eq(scimToken.publicId, publicId))
  return row
}

/** Locks a token for a change. */
export async function lockScimToken (tx: TenantTx, id: string): Promise<ScimToken | null> {
  const [row] = await tx.select().from(scimToken).where(ownToken(tx.tenantId, id)).for('update')
  return row === undefined ? null : tokenOf(row)
}

export async function insertScimToken (tx: TenantTx, row: ScimToken): Promise<void> {
  await tx.insert(scimToken).values({ tenantId: tx.tenantId, ...row })
}

/** Writes these fields of a token; answers it as it is then. */
export async function updateScimToken (
  tx: TenantTx,
  token: ScimToken,
  fields: Partial<ScimToken>
): Promise<ScimToken> {
  await tx.update(scimToken).set(fields).where(ownToken(tx.tenantId, token.id))
  return { ...token, ...fields }
}

/** Says when a token was used last. */
export async function markScimTokenUsed (
  read: Read,
  tenantId: string,
  id: string,
  lastUsedAt: Micros
): Promise<void> {
  await read.update(scimToken).set({ lastUsedAt }).where(ownToken(tenantId, id))
}

/** At most `limit` tokens behind the given one, in the order in which they were made. */
export async function listScimTokens (
  read: Read,
  tenantId: string,
  { after, limit }: { after: string | undefined, limit: number }
): Promise<ScimToken[]> {
  const behind = after === undefined ? undefined : gt(scimToken.id, after)
  const rows = await read.select().from(scimToken).where(and(eq(scimToken.tenantId, tenantId), behind))
    .orderBy(asc(scimToken.id)).limit(limit)
  return rows.map(tokenOf)
}
