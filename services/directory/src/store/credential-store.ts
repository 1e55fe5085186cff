import type { Micros } from '@dueline/business-time'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, gt, type InferSelectModel } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { apiKey, scimToken } from './tables.ts'

/** An API key without its secret; instants in microseconds. */
export type ApiKey = Omit<typeof apiKey.$inferSelect, 'tenantId'>
/** A SCIM token without its secret; instants in microseconds. */
export type ScimToken = Omit<typeof scimToken.$inferSelect, 'tenantId'>

/** A table of what programs are known by. */
type CredentialTable = typeof scimToken

/** The rows of one table, each without its tenant. */
export interface CredentialStore<Row extends { id: string }> {
  /** That of this name, whosever it is: who brings it is not known yet. */
  findByPublicId(everyTenant: Read, publicId: string): Promise<Row & { tenantId: string } | undefined>
  /** The tenant's, or null; `lock` keeps it as it is until the transaction ends. */
  find(read: Read, tenantId: string, id: string, options?: { lock?: boolean }): Promise<Row | null>
  /** At most `limit` behind the given one, in the order in which they were made. */
  list(read: Read, tenantId: string, options: { after: string | undefined, limit: number }): Promise<Row[]>
  insert(tx: TenantTx, row: Row): Promise<void>
  /** Writes these fields of one that is locked; answers it as it is then. */
  update(tx: TenantTx, row: Row, fields: Partial<Row>): Promise<Row>
  markUsed(read: Read, tenantId: string, id: string, lastUsedAt: Micros): Promise<void>
}

/** `Row`: what a row of the table holds, without the tenant; drizzle cannot follow a table that is a type parameter. */
function credentialStore<Row extends { id: string }> (table: PgTable): CredentialStore<Row> {
  // the columns used here are those of every such table
  const own = table as CredentialTable
  const rowOf = ({ tenantId: _, ...row }: InferSelectModel<CredentialTable>): Row => row as unknown as Row
  const isRow = (tenantId: string, id: string) => and(eq(own.tenantId, tenantId), eq(own.id, id))

  return {
    async findByPublicId (everyTenant, publicId) {
      const [row] = await everyTenant.select().from(own).where(eq(own.publicId, publicId))
      return row as Row & { tenantId: string } | undefined
    },
    async find (read, tenantId, id, { lock = false } = {}) {
      const query = read.select().from(own).where(isRow(tenantId, id))
      const [row] = await (lock ? query.for('update') : query)
      return row === undefined ? null : rowOf(row)
    },
    async list (read, tenantId, { after, limit }) {
      const behind = after === undefined ? undefined : gt(own.id, after)
      const rows = await read.select().from(own).where(and(eq(own.tenantId, tenantId), behind)).orderBy(asc(own.id))
        .limit(limit)
      return rows.map(rowOf)
    },
    async insert (tx, row) {
      await tx.insert(own).values({ ...row as unknown as ScimToken, tenantId: tx.tenantId })
    },
    async update (tx, row, fields) {
      await tx.update(own).set(fields as Partial<ScimToken>).where(isRow(tx.tenantId, row.id))
      return { ...row, ...fields }
    },
    async markUsed (read, tenantId, id, lastUsedAt) {
      await read.update(own).set({ lastUsedAt }).where(isRow(tenantId, id))
    }
  }
}

export const apiKeys = credentialStore<ApiKey>(apiKey)
export const scimTokens = credentialStore<ScimToken>(scimToken)
