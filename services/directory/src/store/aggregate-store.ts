import type { Micros } from '@dueline/business-time'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, gt, type InferSelectModel, type SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { team } from './tables.ts'

/** A table of things that callers write. */
type AggregateTable = typeof team
/** What each of them has; instants in microseconds. */
export interface Stamped {
  readonly id: string
  readonly version: number
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

/** The rows of one table, each without its tenant. */
export interface AggregateStore<Row extends Stamped> {
  /** The tenant's row, or undefined; `lock` keeps it as it is until the transaction ends. */
  find(read: Read, tenantId: string, id: string, options?: { lock?: boolean }): Promise<Row | undefined>
  /** Up to `limit` rows after the id given that fit `where`, in the order they were made. */
  list(
    read: Read,
    tenantId: string,
    options: { limit: number, after: string | undefined, where: SQL | undefined }
  ): Promise<Row[]>
  /** @throws a violation of a unique index */
  insert(tx: TenantTx, row: Row): Promise<void>
  /** Writes a row that is locked. @throws a violation of a unique index */
  update(tx: TenantTx, row: Row): Promise<void>
  remove(tx: TenantTx, id: string): Promise<void>
}

/**
 * The one way in which what callers write here is stored. `Row`: what a row of the table holds, without the tenant;
 * drizzle cannot follow a table that is a type parameter.
 */
export function aggregateStore<Row extends Stamped> (table: PgTable): AggregateStore<Row> {
  // the columns used here are those of every such table
  const own = table as AggregateTable
  const rowOf = ({ tenantId: _, ...row }: InferSelectModel<AggregateTable>): Row => row as unknown as Row
  const isRow = (tenantId: string, id: string) => and(eq(own.tenantId, tenantId), eq(own.id, id))

  return {
    async find (read, tenantId, id, { lock = false } = {}) {
      const query = read.select().from(own).where(isRow(tenantId, id))
      const [row] = await (lock ? query.for('update') : query)
      return row === undefined ? undefined : rowOf(row)
    },
    async list (read, tenantId, { limit, after, where }) {
      const behind = after === undefined ? undefined : gt(own.id, after)
      const rows = await read.select().from(own).where(and(eq(own.tenantId, tenantId), behind, where))
        .orderBy(asc(own.id)).limit(limit)
      return rows.map(rowOf)
    },
    async insert (tx, row) {
      await tx.insert(own).values({ ...row as unknown as InferSelectModel<AggregateTable>, tenantId: tx.tenantId })
    },
    async update (tx, row) {
      const { id, ...columns } = row as unknown as Omit<InferSelectModel<AggregateTable>, 'tenantId'>
      await tx.update(own).set(columns).where(isRow(tx.tenantId, id))
    },
    async remove (tx, id) {
      await tx.delete(own).where(isRow(tx.tenantId, id))
    }
  }
}
