import { getTableColumns, getTableName, is, SQL, type InferSelectModel, type Query } from 'drizzle-orm'
import { NodePgDatabase, NodePgSession, type NodePgClient } from 'drizzle-orm/node-postgres'
import { PgColumn, PgDialect, type PgPreparedQuery, type PgTable, type PreparedQueryConfig } from 'drizzle-orm/pg-core'
import type { PoolClient } from 'pg'
import { statementNames } from './statement-names.ts'

type Base = NodePgSession<Record<string, never>, Record<string, never>>
type Fields = Parameters<Base['prepareQuery']>[1]
type Rest = Parameters<Base['prepareQuery']> extends [unknown, unknown, unknown, unknown, unknown?, ...infer R] ? R
  : never
interface Decoder {
  mapFromDriverValue(value: unknown): unknown
}

const dialect = new PgDialect()
/** Of the whole process: a service asks some dozens of statements, and lists by as many again. */
const nameOf = statementNames(250)

/**
 * drizzle's query builder on a pool or connection. What is asked often is a prepared statement, and rows become objects
 * by decoders that are found once per query: drizzle finds them anew for each value of each row.
 */
export function queriesOn<C extends NodePgClient> (client: C): NodePgDatabase & { readonly $client: C } {
  const session = new Session(client, dialect, undefined)
  return Object.assign(new NodePgDatabase(dialect, session, undefined), { $client: client })
}

class Session extends NodePgSession<Record<string, never>, Record<string, never>> {
  override prepareQuery<T extends PreparedQueryConfig> (
    query: Query,
    fields: Fields,
    name: string | undefined,
    isArrays: boolean,
    mapper?: (rows: unknown[][]) => T['execute'],
    ...rest: Rest
  ): PgPreparedQuery<T> {
    return super.prepareQuery(query, fields, name ?? nameOf(query.sql), isArrays, mapper ?? mapperOf(fields), ...rest)
  }
}

/** All of a row but its tenant, whom whoever asks knows. */
type Whole<T extends PgTable> = Omit<InferSelectModel<T>, 'tenantId'>

/**
 * Rows of a table, whole but for `tenantId`: `from` is all of the statement that comes behind the list of its columns.
 * For what is read most: composing a statement by drizzle's builder takes longer than reading a row does. `more`:
 * columns that are computed of the row, without parameters; one object for all calls, as what is made of it is
 * remembered.
 */
export async function rowsOf<T extends PgTable, M extends Readonly<Record<string, SQL>> = {}> (
  read: { readonly $client: Pick<PoolClient, 'query'> },
  table: T,
  from: SQL,
  more?: M
): Promise<Array<Whole<T> & { [K in keyof M]: M[K] extends SQL<infer V> ? V : never }>> {
  const { list, objects } = shapeOf(table, more)
  const { sql: text, params } = dialect.sqlToQuery(from)
  const whole = `${list} ${text}`
  const name = nameOf(whole)
  const { rows } = await read.$client.query<unknown[]>({
    ...(name === undefined ? {} : { name }),
    text: whole,
    values: params,
    rowMode: 'array'
  })
  return objects(rows) as Array<Whole<T> & { [K in keyof M]: M[K] extends SQL<infer V> ? V : never }>
}

interface Part {
  key: string
  decoder: Decoder
}
interface Shape {
  list: string
  objects: (rows: unknown[][]) => unknown[]
}
const shapes = new WeakMap<object, Shape>()

function shapeOf (table: PgTable, more: Readonly<Record<string, SQL>> | undefined): Shape {
  const known = shapes.get(more ?? table)
  if (known !== undefined) return known
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => key !== 'tenantId')
    .map(([key, decoder]) => ({ key, decoder }))
  const names = columns.map(({ decoder: { name } }) =>
    `${dialect.escapeName(getTableName(table))}.${dialect.escapeName(name)}`
  )
  const computed = Object.entries(more ?? {})
  const parts = [...columns, ...computed.map(([key, value]) => ({ key, decoder: decoderOf(value) }))]
  const list = [...names, ...computed.map(([, value]) => dialect.sqlToQuery(value).sql)].join(', ')
  const shape = { list: `select ${list}`, objects: objectsOf(parts) }
  shapes.set(more ?? table, shape)
  return shape
}

/** What makes objects of rows; undefined for rows of several tables, which are drizzle's affair. */
function mapperOf (fields: Fields): ((rows: unknown[][]) => unknown[]) | undefined {
  if (fields === undefined) return undefined
  const columns: Part[] = []
  for (const { path, field } of fields) {
    const [key, ...further] = path
    if (key === undefined || further.length > 0) return undefined
    if (is(field, PgColumn)) columns.push({ key, decoder: field })
    else if (is(field, SQL)) columns.push({ key, decoder: decoderOf(field) })
    else return undefined
  }
  return objectsOf(columns)
}

/** drizzle's types do not show the decoder. */
function decoderOf (value: SQL): Decoder {
  return (value as unknown as { decoder: Decoder }).decoder
}

function objectsOf (columns: readonly Part[]): (rows: unknown[][]) => unknown[] {
  return (rows) =>
    rows.map((row) => {
      const object: Record<string, unknown> = {}
      for (let i = 0; i < columns.length; i++) {
        const { key, decoder } = columns[i]!
        const value = row[i]
        object[key] = value === null ? null : decoder.mapFromDriverValue(value)
      }
      return object
    })
}
