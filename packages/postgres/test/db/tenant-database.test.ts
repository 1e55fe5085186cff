import { createDatabase, migrate, requestRoleOf, schemaState, type Database, type Read } from '@dueline/postgres'
import { asOwner, silentLogger, testDatabase, type TestContext } from '@dueline/testkit'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import t from 'tap'

const schema = 'walls'
const tables = `
  create table note (tenant_id text not null, id int not null, body text not null, primary key (tenant_id, id));
  create table place (id int primary key)`

async function withNotes (t: TestContext, poolMax = 1) {
  const { url, adminUrl, database: owned } = await testDatabase(t, { schema })
  await asOwner(owned, tables)
  const database = createDatabase({ url, schema, poolMax, applicationName: 'test', logger: silentLogger })
  t.teardown(database.close)
  await database.pool.query("insert into note values ('acme', 1, 'ours'), ('globex', 1, 'theirs')")
  return { database, url, adminUrl, owned }
}

const bodies = async (read: Read): Promise<string[]> =>
  (await read.$client.query<{ body: string }>('select body from note order by body')).rows.map(({ body }) => body)

t.test('statements without any filter see and change rows of their tenant only', async (t) => {
  const { database } = await withNotes(t)
  const { read, tx } = database.forTenant('acme')
  t.same(await bodies(read), ['ours'])
  t.same((await read.execute(sql`select body from note`)).rows, [{ body: 'ours' }])
  await tx(async (tx) => {
    t.equal(tx.tenantId, 'acme')
    t.same(await bodies(tx), ['ours'])
    t.equal((await tx.$client.query("update note set body = 'mine'")).rowCount, 1)
  })
  t.same(await bodies(database.forTenant('globex').read), ['theirs'])
  t.equal((await read.$client.query('delete from note')).rowCount, 1)
  t.same(await bodies(database.read), ['theirs'], 'loops see all')
})

t.test('rows of another tenant can neither be written nor given away', async (t) => {
  const { database } = await withNotes(t)
  const refused = { code: '42501' }
  for (
    const statement of [
      "insert into note values ('globex', 2, 'slipped in')",
      "update note set tenant_id = 'globex', id = 2",
      "insert into note values ('globex', 1, 'x') on conflict (tenant_id, id) do update set body = 'overwritten'"
    ]
  ) {
    await t.rejects(database.forTenant('acme').read.$client.query(statement), refused, statement)
    await t.rejects(
      database.forTenant('acme').tx(async (tx) => await tx.$client.query(statement)),
      refused,
      `${statement}, in a transaction`
    )
  }
  t.same(await bodies(database.read), ['ours', 'theirs'])
})

t.test('one connection serves many tenants in any order, and none sees the rows of another', async (t) => {
  const { database } = await withNotes(t)
  const seen: Record<string, string[]> = { acme: ['ours'], globex: ['theirs'], initech: [] }
  const asked = Array.from({ length: 60 }, (_, i) => Object.keys(seen)[(i * 7 + (i >> 2)) % 3]!)
  await Promise.all(asked.map(async (tenantId, i) => {
    const tenant = database.forTenant(tenantId)
    // transactions that fail in between must not change for whom the session reads
    if (i % 5 === 0) await tenant.tx(async () => await Promise.reject(new Error('no'))).catch(() => {})
    if (i % 11 === 0) await t.rejects(tenant.read.$client.query('select 1 / 0'))
    t.same(i % 3 === 0 ? await tenant.tx(bodies) : await bodies(tenant.read), seen[tenantId], `${i} ${tenantId}`)
  }))
})

t.test('whoever names no tenant is nobody: without a setting and with an empty one', async (t) => {
  const { database, url } = await withNotes(t)
  await database.pool.query("insert into note values ('', 1, 'of no tenant')")
  const client = new pg.Client({
    connectionString: url,
    options: `-c search_path=${schema} -c role=${requestRoleOf(decodeURIComponent(new URL(url).username))}`
  })
  await client.connect()
  t.teardown(async () => await client.end())
  const count = async (): Promise<unknown> => (await client.query('select count(*)::int as n from note')).rows[0]
  t.same(await count(), { n: 0 }, 'never set')
  await client.query("set app.tenant = ''")
  t.same(await count(), { n: 0 }, 'empty')
  await t.rejects(client.query("insert into note values ('', 2, 'x')"), { code: '42501' })
  await client.query("begin; set local app.tenant = 'acme'; commit")
  t.same(await count(), { n: 0 }, 'what was set in a transaction ends with it')
  await client.query("set app.tenant = 'acme'")
  t.same(await count(), { n: 1 }, 'the counter-test: named, it is seen')
})

t.test('the counter-test: without the policies the same statement shows every tenant', async (t) => {
  const { database, owned } = await withNotes(t)
  await asOwner(
    owned,
    'alter table note disable row level security; drop policy own_tenant on note; ' +
      'drop policy every_tenant on note; alter table note rename column tenant_id to tenant'
  )
  t.same(await bodies(database.forTenant('acme').read), ['ours', 'theirs'])
})

t.test('the role of requests can neither log in nor pass for one that sees every tenant', async (t) => {
  const { url } = await withNotes(t)
  const role = requestRoleOf(decodeURIComponent(new URL(url).username))
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  t.teardown(async () => await admin.end())
  const { rows } = await admin.query(
    `select rolcanlogin, rolbypassrls, rolsuper, pg_has_role(oid, 'dueline_every_tenant', 'member') as member
      from pg_roles where rolname = $1`,
    [role]
  )
  t.same(rows, [{ rolcanlogin: false, rolbypassrls: false, rolsuper: false, member: false }])
})

t.test(
  'tables that were made without the policies get them with the next migration, and others are left alone',
  async (t) => {
    const { url, adminUrl, owned } = await withNotes(t)
    await asOwner(owned, 'drop policy own_tenant on note; drop policy every_tenant on note')
    const directory = t.testdir({ '0001_more.sql': '-- breaking: no\ncreate table more (tenant_id text);\n' })
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    t.teardown(async () => await client.end())
    await client.query('alter table walls.note disable row level security')
    await migrate({ url: adminUrl, schema, sources: [{ name: 'sample', directory }], logger: silentLogger })
    const { rows } = await client.query(
      `select tablename as name, array_agg(policyname::text order by policyname) as policies from pg_policies
        where schemaname = 'walls' group by 1 order by 1`
    )
    const policies = ['every_tenant', 'own_tenant']
    t.same(rows, [{ name: 'more', policies }, { name: 'note', policies }])
    const state = await schemaState({ url, schema, sources: [] })
    t.same(state.missingRoles, [])
  }
)

t.test('a role that is no member of what it needs is reported', async (t) => {
  const { url, adminUrl } = await withNotes(t)
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  t.teardown(async () => await admin.end())
  const role = `bare_${process.pid}`
  const password = 'p'
  await admin.query(`create role ${role} login password '${password}'; grant usage on schema walls to ${role};
    grant select on walls.schema_migration to ${role}`)
  t.teardown(async () => {
    const within = new pg.Client({ connectionString: adminUrl })
    await within.connect()
    await within.query(`drop owned by ${role}; drop role ${role}`)
    await within.end()
  })
  const bare = Object.assign(new URL(url), { username: role, password }).href
  t.same((await schemaState({ url: bare, schema, sources: [] })).missingRoles, [
    'dueline_every_tenant',
    `${role}_requests`
  ])
})

t.test('a plan of the loops has no trace of the policy, and that of a request keeps to its index', async (t) => {
  const { database } = await withNotes(t)
  const plan = async (read: Database['read']): Promise<string> =>
    (await read.$client.query("explain select * from note where tenant_id = 'acme' and id = 1"))
      .rows.map((row) => Object.values(row as object)[0]).join('\n')
  t.notMatch(await plan(database.read), 'app.tenant')
  t.match(await plan(database.forTenant('acme').read), /Index Cond: \(\(tenant_id = 'acme'::text\) AND \(id = 1\)\)/)
})
