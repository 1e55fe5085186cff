// The second wall between tenants, in every service: whatever a statement of a request forgets, Postgres does not.
import { embeddedServices } from '../infra/embedded/src/services.ts'
import type { Database } from '@dueline/postgres'
import { asOwner, testDatabase } from '@dueline/testkit'
import t from 'tap'

interface Column {
  table: string
  name: string
  type: string
}

/** What a column may hold: rows only need to be there. */
const samples: Record<string, string> = {
  uuid: "'01900000-0000-7000-8000-000000000001'",
  text: "'x'",
  json: "'{}'",
  jsonb: "'{}'",
  bytea: "'x'",
  boolean: 'false',
  timestamptz: 'now()',
  'timestamp with time zone': 'now()',
  date: 'now()',
  'text[]': "'{}'",
  'uuid[]': "'{}'",
  'jsonb[]': "'{}'",
  'json[]': "'{}'",
  'integer[]': "'{}'",
  interval: "'0'",
  tsvector: "''",
  integer: '1',
  bigint: '1',
  smallint: '1',
  numeric: '1',
  'double precision': '1'
}

/** Every column of a table with a tenant that must be given a value, by table. */
async function tenantTables ({ pool, schema }: Database): Promise<Map<string, Column[]>> {
  const { rows } = await pool.query<Column>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')
        and a.attnotnull and not a.atthasdef and a.attidentity = '' and a.attgenerated = ''
        and exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and t.attnum > 0)
      order by 1, a.attnum`,
    [schema]
  )
  const tables = new Map<string, Column[]>()
  for (const row of rows) tables.set(row.table, [...tables.get(row.table) ?? [], row])
  return tables
}

/** A row of `tenant`; in the keys that hold no tenant, tenants must differ too. */
function insert (table: string, columns: readonly Column[], tenant: string): string {
  const number = tenant === 'acme' ? 1 : 2
  const values = columns.map(({ name, type }) => {
    if (name === 'tenant_id') return `'${tenant}'`
    const sample = samples[type]
    if (sample === undefined) throw new Error(`${table}.${name}: no sample of type ${type}`)
    return sample.replace(/1(?='$|$)/, String(number))
  })
  return `insert into ${table} (${columns.map(({ name }) => name).join(', ')}) values (${values.join(', ')})`
}

/** The wall must stand for whatever a table holds, so samples need not be sound. */
const withoutChecks = `do $$ declare each record; begin
  for each in select conrelid::regclass as of, conname from pg_constraint
    where contype = 'c' and connamespace = current_schema::regnamespace
  loop execute format('alter table %s drop constraint %I', each.of, each.conname); end loop; end $$`

for (const { name, schema, migrations } of embeddedServices) {
  t.test(
    `${name}: a statement without any filter sees and changes rows of its tenant only, in every table`,
    async (t) => {
      const { database } = await testDatabase(t, { schema, sources: migrations })
      await asOwner(database, withoutChecks)
      const tables = await tenantTables(database)
      t.ok(tables.size >= 7, `${tables.size} tables`)
      const acme = database.forTenant('acme').read.$client
      for (const [table, columns] of tables) {
        // as a replica: what the rows refer to is not there
        const rows = ['acme', 'globex'].map((tenant) => insert(table, columns, tenant))
        // emptied before: tables that came earlier may have written it, by their triggers
        const anew = ['set session_replication_role = replica', `delete from ${table}`, ...rows]
        await asOwner(database, anew.join('; '))
        const tenantsOf = async (client: Pick<typeof acme, 'query'>): Promise<string[]> =>
          (await client.query<{ tenant_id: string }>(`select tenant_id from ${table} order by 1`)).rows
            .map(({ tenant_id: tenantId }) => tenantId)
        t.same(await tenantsOf(acme), ['acme'], `${table}: reads`)
        await t.rejects(acme.query(rows[1]!), { code: '42501' }, `${table}: adds none of another tenant`)
        await t.rejects(
          acme.query(`update ${table} set tenant_id = 'globex'`),
          { code: '42501' },
          `${table}: gives none away`
        )
        t.equal((await acme.query(`update ${table} set tenant_id = tenant_id`)).rowCount, 1, `${table}: changes`)
        t.equal((await acme.query(`delete from ${table}`)).rowCount, 1, `${table}: deletes`)
        t.same(await tenantsOf(database.pool), ['globex'], `${table}: what is left, as loops see it`)
      }
    }
  )
}
