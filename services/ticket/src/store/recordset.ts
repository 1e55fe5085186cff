import { instantParam } from '@dueline/postgres'
import { getTableColumns, type InferInsertModel, type Table } from 'drizzle-orm'

/**
 * A way to hand any number of rows to one prepared statement: a JSON array as parameter, read by `json_to_recordset`.
 * One statement text whatever the number of rows, so that Postgres plans it once per connection.
 */
export interface Recordset<T extends Table> {
  /** `a, b, c`, all columns; with `prefix` as `r.a, r.b, r.c`. */
  columns(prefix?: string): string
  /** `json_to_recordset($n::json) as r(a text, …)`. */
  from(parameter: number): string
  /** The parameter's value. */
  param(rows: ReadonlyArray<InferInsertModel<T>>): string
}

/** The recordset of a drizzle table. */
export function recordsetOf<T extends Table> (table: T): Recordset<T> {
  const columns = Object.entries(getTableColumns(table)).map(([key, column]) => ({
    key,
    name: column.name,
    type: column.getSQLType()
  }))
  return {
    columns: (prefix = '') => columns.map(({ name }) => prefix + name).join(', '),
    from: (parameter) =>
      `json_to_recordset($${parameter}::json) as r(${columns.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
    param: (rows) =>
      JSON.stringify(rows.map((row) =>
        Object.fromEntries(columns.map(({ key, name, type }) => {
          const value = (row as Record<string, unknown>)[key] ?? null
          return [name, value !== null && type === 'timestamp with time zone' ? instantParam(value as number) : value]
        }))
      ))
  }
}
