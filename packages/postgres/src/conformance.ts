import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { getTableConfig, PgTable, type PgColumn } from 'drizzle-orm/pg-core'
import type { Read } from './database.ts'

/** A column of the database. */
interface Found {
  readonly type: string
  readonly notNull: boolean
  readonly identity: boolean
  /** Its place in the primary key, from 0; null: it is none of it. */
  readonly keyPlace: number | null
  /** Its default, as SQL. */
  readonly default: string | null
}

/**
 * Where the tables that the code defines and those of a migrated schema differ, each as one sentence that begins with
 * the table or column: columns, types, nullability, identity, primary keys, and the defaults that the code declares.
 * @param definitions what `store/tables.ts` exports; what is no table is not looked at
 * @param elsewhere tables (`counter`) and columns (`ticket.written_in`) that the code does not define, because only
 *   statements by hand, or the database itself, write them. One that is not there, or is defined, is a difference too.
 */
export async function schemaDrift (
  read: Read,
  definitions: Readonly<Record<string, unknown>>,
  elsewhere: readonly string[]
): Promise<string[]> {
  const found = await columnsOf(read)
  const tables = Object.values(definitions).filter((each) => is(each, PgTable))
  const differences: string[] = []
  for (const table of tables) {
    const name = getTableName(table)
    const columns = found.get(name)
    found.delete(name)
    if (columns === undefined) differences.push(`${name}: the database has no such table`)
    else differences.push(...await differencesOf(read, table, columns))
  }
  differences.push(...[...found.keys()].map((name) => `${name}: the code does not define this table`))
  const named = (place: string): string[] =>
    differences.filter((each) => each.startsWith(`${place}: the code does not`))
  return [
    ...differences.filter((each) => !elsewhere.some((place) => named(place).includes(each))),
    ...elsewhere.filter((place) => named(place).length === 0).map((place) => `${place}: is not missing in the code`)
  ]
}

/**
 * The columns of a migrated schema that no file below `sources` names, as `table.column`: for packages whose statements
 * are all written by hand. That a statement names a column which is not there is shown by the test that runs it.
 */
export async function unnamedColumns (read: Read, sources: URL): Promise<string[]> {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const words = new Set(
    files.flatMap((file) =>
      readFileSync(fileURLToPath(new URL(file, sources)), 'utf8').match(/[a-z_][a-z0-9_]*/g) ?? []
    )
  )
  const tables = await columnsOf(read)
  return [...tables].flatMap(([table, columns]) =>
    [...columns.keys()].filter((column) => !words.has(column) || !words.has(table)).map((column) =>
      `${table}.${column}`
    )
  )
}

async function differencesOf (read: Read, table: PgTable, found: Map<string, Found>): Promise<string[]> {
  const name = getTableName(table)
  const key = getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map((column) => column.name))
  const differences: string[] = []
  const left = new Map(found)
  for (const column of Object.values(getTableColumns(table)) as PgColumn[]) {
    const other = found.get(column.name)
    left.delete(column.name)
    const compare = (what: string, ours: unknown, theirs: unknown): void => {
      if (ours === theirs) return
      differences.push(`${name}.${column.name}: its ${what} is ${ours} in the code and ${theirs} in the database`)
    }
    if (other === undefined) {
      differences.push(`${name}.${column.name}: the database has no such column`)
      continue
    }
    compare('type', column.getSQLType(), other.type)
    compare('nullability', column.notNull ? 'not null' : 'null', other.notNull ? 'not null' : 'null')
    compare('identity', column.generatedIdentity !== undefined, other.identity)
    compare('place in the primary key', placeIn(key, column.name), other.keyPlace)
    if (column.default !== undefined) {
      compare('default', JSON.stringify(column.default), await valueOf(read, other.default))
    }
  }
  return [
    ...differences,
    ...[...left.keys()].map((column) => `${name}.${column}: the code does not define this column`)
  ]
}

function placeIn (key: readonly string[], column: string): number | null {
  return key.includes(column) ? key.indexOf(column) : null
}

interface Row {
  readonly table: string
  readonly column: string
  readonly type: string
  readonly not_null: boolean
  readonly identity: boolean
  readonly key_place: number | null
  readonly default: string | null
}

/** The columns of the schema by table and name; what the migrator notes for itself is none of it. */
async function columnsOf (read: Read): Promise<Map<string, Map<string, Found>>> {
  const { rows } = await read.$client.query<Row>(`
    select c.relname as "table", a.attname as "column", format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as not_null, a.attidentity <> '' as identity,
      array_position(i.indkey::int2[], a.attnum) as key_place, pg_get_expr(d.adbin, d.adrelid) as "default"
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'schema_migration'
    order by c.relname, a.attnum`)
  const tables = new Map<string, Map<string, Found>>()
  for (const { table, column, type, not_null: notNull, identity, key_place: keyPlace, default: value } of rows) {
    const columns = tables.get(table) ?? new Map<string, Found>()
    tables.set(table, columns)
    columns.set(column, { type, notNull, identity, keyPlace, default: value })
  }
  return tables
}

/** What a default comes to, as JSON. */
async function valueOf (read: Read, expression: string | null): Promise<string | null> {
  if (expression === null) return null
  const { rows: [row] } = await read.$client.query<{ value: unknown }>(`select to_jsonb(${expression}) as value`)
  return JSON.stringify(row!.value)
}
