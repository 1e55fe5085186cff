import { getTableColumns, getTableName, type InferInsertModel } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Read } from './database.ts'
import { tableRows } from './row-params.ts'

/**
 * Writes copies of what others own. Of each thing the newest row stays, whatever order rows arrive in, several of one
 * thing in one call too; what is no newer than the stored row only reads it. Rows may be of any tenants.
 */
export type SaveNewest<Row> = (tx: Read, rows: readonly Row[]) => Promise<void>

/**
 * The writer of a table whose rows are distinguished by its primary key and aged by the columns `order`, compared one
 * after the other. All other columns are replaced.
 * @throws TypeError for a column of a type that `tableRows` does not write
 */
export function newestWins<T extends PgTable> (
  table: T,
  order: ReadonlyArray<keyof InferInsertModel<T> & string>
): SaveNewest<InferInsertModel<T>> {
  const rows = tableRows(table)
  const columns = getTableColumns(table)
  const age = order.map((member) => columns[member]!.name)
  const ageOf = (row: string): string => `(${age.map((column) => `${row}.${column}`).join(', ')})`
  const name = getTableName(table)
  // one order of locks for all writers: rows of several things never wait for each other in a circle
  const text = `
    insert into ${name} as known (${rows.columns()})
    select distinct on (${rows.key('x.')}) ${rows.columns('x.')}
    from ${rows.from(1, 'x')}
    where not exists (
      select from ${name} k where (${rows.key('k.')}) = (${rows.key('x.')}) and ${ageOf('k')} >= ${ageOf('x')})
    order by ${rows.key('x.')}, ${age.map((column) => `x.${column} desc`).join(', ')}
    on conflict (${rows.key()}) do update set ${rows.assignments('excluded')}
    where ${ageOf('excluded')} > ${ageOf('known')}`
  return async (tx, given) => {
    if (given.length > 0) await tx.$client.query({ name: `${name}-newest`, text, values: rows.values(given) })
  }
}
