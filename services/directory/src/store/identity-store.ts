import type { Read, Tx } from '@dueline/postgres'
import { and, asc, eq, gt } from 'drizzle-orm'
import { personIdentity } from './tables.ts'

/** What a token issuer calls a person; instants in microseconds. */
export type Identity = Omit<typeof personIdentity.$inferSelect, 'tenantId'>

function identityOf ({ tenantId: _, ...row }: typeof personIdentity.$inferSelect): Identity {
  return row
}

/** To whom a subject of an issuer is linked. */
export async function findIdentity (
  read: Read,
  tenantId: string,
  { issuer, subject }: Pick<Identity, 'issuer' | 'subject'>
): Promise<Identity | null> {
  const named = and(
    eq(personIdentity.tenantId, tenantId),
    eq(personIdentity.issuer, issuer),
    eq(personIdentity.subject, subject)
  )
  const [row] = await read.select().from(personIdentity).where(named)
  return row === undefined ? null : identityOf(row)
}

/** Links, unless the subject is linked; waits for another transaction that is about to. */
export async function insertIdentity (tx: Tx, tenantId: string, identity: Identity): Promise<boolean> {
  const { rowCount } = await tx.insert(personIdentity).values({ tenantId, ...identity }).onConflictDoNothing()
  return rowCount === 1
}

/** Unlinks; false when the person has no such identity. */
export async function deleteIdentity (tx: Tx, tenantId: string, personId: string, id: string): Promise<boolean> {
  const own = and(
    eq(personIdentity.tenantId, tenantId),
    eq(personIdentity.personId, personId),
    eq(personIdentity.id, id)
  )
  return (await tx.delete(personIdentity).where(own)).rowCount === 1
}

/** At most `limit` identities of a person behind the given one, in the order in which they were linked. */
export async function listIdentities (
  read: Read,
  tenantId: string,
  personId: string,
  { after, limit }: { after: string | null, limit: number }
): Promise<Identity[]> {
  const rows = await read.select().from(personIdentity).where(and(
    eq(personIdentity.tenantId, tenantId),
    eq(personIdentity.personId, personId),
    after === null ? undefined : gt(personIdentity.id, after)
  )).orderBy(asc(personIdentity.id)).limit(limit)
  return rows.map(identityOf)
}
