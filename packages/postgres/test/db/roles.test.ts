import { createSchemas, migrate, refusalOf, requestRoleOf } from '@dueline/postgres'
import { eventually, silentLogger, testDatabase } from '@dueline/testkit'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import pg from 'pg'
import t, { type Test } from 'tap'

const migration = '-- breaking: no\n' +
  'create table thing (n int generated always as identity, what text);\n' +
  'insert into thing (what) values (current_schema);\n'

/** Two schemas of one owner, each migrated by the owner and used by a role of its own. */
async function twoSchemas (t: Test) {
  const { adminUrl: url } = await testDatabase(t, { schema: 'admin' })
  const admin = new pg.Pool({ connectionString: url, max: 1 })
  t.teardown(() => admin.end())
  const mark = randomBytes(4).toString('hex')
  const password = 'p:a@s/s'
  const owner = { role: `owner_${mark}`, password }
  const roles = ['a', 'b'].map((schema) => ({ schema, role: `${schema}_${mark}`, password }))
  t.teardown(async () => {
    const client = new pg.Client({ connectionString: new URL('/postgres', url).href })
    const within = new pg.Client({ connectionString: url })
    await Promise.all([client.connect(), within.connect()])
    const names = [...roles.flatMap(({ role }) => [role, requestRoleOf(role)]), owner.role]
    // other files make and drop roles and databases of the same server meanwhile, and catalogues are theirs too
    await eventually(async () => {
      for (const name of names) await within.query(`drop owned by ${name} cascade`)
      return true
    })
    for (const name of names) await eventually(async () => await client.query(`drop role ${name}`))
    await Promise.all([client.end(), within.end()])
  })
  const urlOf = (role: string): string =>
    Object.assign(new URL(url), { username: role, password: encodeURIComponent(password) }).href
  await createSchemas({ adminUrl: url, owner, roles })
  const directory = t.testdir({ '0001_thing.sql': migration })
  for (const { schema } of roles) {
    await migrate({
      url: urlOf(owner.role),
      schema,
      sources: [{ name: 'sample', directory: join(directory) }],
      logger: silentLogger
    })
  }
  const as = async (schema: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: urlOf(`${schema}_${mark}`) })
    await client.connect()
    t.teardown(() => client.end())
    return client
  }
  return { url, owner, roles, admin, a: await as('a'), mark }
}

t.test('a role reads and writes the rows of its own schema, also of later tables, and nothing else', async (t) => {
  const { url, owner, roles, a, admin, mark } = await twoSchemas(t)
  t.same((await a.query("insert into a.thing (what) values ('mine') returning n")).rows, [{ n: 2 }], 'rows of its own')
  for (
    const statement of [
      'select * from b.thing',
      "insert into b.thing (what) values ('theirs')",
      'delete from b.thing',
      'select * from b.schema_migration',
      'create table a.other (n int)',
      'alter table a.thing add column more int',
      'drop table a.thing',
      'truncate a.thing',
      'create schema c'
    ]
  ) {
    const refused = await a.query(statement).then(() => undefined, (error: unknown) => refusalOf(error))
    t.match(refused, /permission denied|must be owner/, statement)
  }
  await createSchemas({ adminUrl: url, owner, roles })
  t.same(
    (await a.query('select what from a.thing order by n')).rows,
    [{ what: 'a' }, { what: 'mine' }],
    'made again, everything is as it was'
  )

  await admin.query(`grant usage on schema b to a_${mark}; grant select on b.thing to a_${mark}`)
  t.same(
    (await a.query('select what from b.thing')).rows,
    [{ what: 'b' }],
    'the counter-test: with one grant too many it would be seen'
  )
})

t.test('rights are given again while another process migrates', async (t) => {
  const { url, owner, roles, admin } = await twoSchemas(t)
  const directory = t.testdir({
    '0001_thing.sql': migration,
    '0002_more.sql': '-- breaking: no\nalter table thing add column more int;\nselect pg_advisory_xact_lock(1);\n'
  })
  const gate = new pg.Client({ connectionString: url })
  await gate.connect()
  t.teardown(() => gate.end())
  await gate.query('select pg_advisory_lock(1)')
  const waiting = async (clients: number): Promise<void> => {
    const sql =
      "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    await eventually(async () => (await admin.query<{ n: number }>(sql)).rows[0]?.n === clients)
  }
  const ownerUrl =
    Object.assign(new URL(url), { username: owner.role, password: encodeURIComponent(owner.password) }).href
  const migrated = migrate({
    url: ownerUrl,
    schema: 'a',
    sources: [{ name: 'sample', directory }],
    logger: silentLogger
  })
  await waiting(1)
  const granted = createSchemas({ adminUrl: url, owner, roles })
  await waiting(2)
  await gate.query('select pg_advisory_unlock(1)')
  t.same((await migrated).applied, ['sample/0002_more.sql'])
  await t.resolves(granted)
})
