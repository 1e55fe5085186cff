import { getTableColumns, getTableName, type InferInsertModel, type Table } from 'drizzle-orm'
import type { Read } from './database.ts'
import { rowParamsOf } from './row-params.ts'

/**
 * Writes copies of what others own. Of each thing the newest row stays, whatever order rows arrive in, several of one
 * thing in one call too; what is no newer than the stored row only reads it. Rows may be of any tenants.
 */
export type SaveNewest<Row> = (tx: Read, rows: readonly Row[]) => Promise<void>

/**
 * The writer of a table whose rows are told apart by the columns `key` and aged by the columns `order`, compared one
 * after the other. All other columns are replaced.
 * @throws TypeError for a column of a type that `rowParamsOf` does not write
 */
export function newestWins<T extends Table> (
  table: T,
  { key, order }: {
    key: ReadonlyArray<keyof InferInsertModel<T> & string>,
    order: ReadonlyArray<keyof InferInsertModel<T> & string>
  }
): SaveNewest<InferInsertModel<T>> {
  const columns = getTableColumns(table)
  const named = (members: readonly string[], prefix = ''): string =>
    members.map((member) => prefix + columns[member]!.name).join(', ')
  const name = getTableName(table)
  const rest = Object.keys(columns).filter((member) => !(key as readonly string[]).includes(member))
  const params = rowParamsOf(table)
  // one order of locks for all writers: rows of several things never wait for each other in a circle
  const text = `
    insert into ${name} as known (${params.columns()})
    select distinct on (${named(key, 'x.')}) ${params.columns('x.')}
    from ${params.from(1, 'x')}
    where not exists (select from ${name} k
      where (${named(key, 'k.')}) = (${named(key, 'x.')}) and (${named(order, 'k.')}) >= (${named(order, 'x.')}))
    order by ${
    [...key.map((member) => named([member], 'x.')), ...order.map((one) => `${named([one], 'x.')} desc`)].join()
  }
    on conflict (${named(key)}) do update
      set ${rest.map((member) => `${named([member])} = excluded.${named([member])}`).join(', ')}
    where (${named(order, 'excluded.')}) > (${named(order, 'known.')})`
  return async (tx, rows) => {
    if (rows.length > 0) await tx.$client.query({ name: `${name}-newest`, text, values: params.values(rows) })
  }
}
