import {
  afterCommit,
  createDatabase,
  DatabaseUnavailable,
  instant,
  instantRange,
  isUniqueViolation,
  micros
} from '@dueline/postgres'
import type { Database, Tx } from '@dueline/postgres'
import { eq } from 'drizzle-orm'
import { pgTable, text } from 'drizzle-orm/pg-core'
import t from 'tap'
import { asOwner, silentLogger, testDatabase, type TestContext } from '@dueline/testkit'

const moment = pgTable('moment', { id: text('id').primaryKey(), at: instant('at'), length: micros('length') })

async function withTable (t: TestContext): Promise<Database> {
  const { database } = await testDatabase(t, { schema: 'sample' })
  await asOwner(database, 'create table moment (id text primary key, at timestamptz, length bigint)')
  return database
}

t.test('microseconds survive the way through Postgres', async (t) => {
  const database = await withTable(t)
  const values = [0, 1, -1, 999_999, -62_135_596_800, 1_772_323_200_123_456, instantRange.from, instantRange.to]
  await database.tx(async (tx) => {
    await tx.insert(moment).values(values.map((at) => ({ id: String(at), at, length: at })))
  })
  for (const at of values) {
    t.same(await database.read.select().from(moment).where(eq(moment.at, at)), [{ id: String(at), at, length: at }])
  }
  const { rows } = await database.pool.query("select at from moment where id = '-1'")
  t.same(rows, [{ at: '1969-12-31 23:59:59.999999+00' }], 'raw queries get the text')
})

t.test('a transaction commits or leaves nothing', async (t) => {
  const database = await withTable(t)
  t.equal(
    await database.tx(async (tx) => {
      await tx.insert(moment).values({ id: 'kept' })
      return 7
    }),
    7
  )
  await t.rejects(
    database.tx(async (tx) => {
      await tx.insert(moment).values({ id: 'lost' })
      throw new Error('no')
    }),
    { message: 'no' }
  )
  const again = await database.tx(async (tx) => {
    await tx.insert(moment).values({ id: 'kept' })
  }).catch((error: unknown) => error)
  t.ok(isUniqueViolation(again, 'moment_pkey'))
  await t.rejects(
    database.tx(async (tx) => {
      await tx.insert(moment).values({ id: 'swallowed' })
      await tx.$client.query('select 1 / 0').catch(() => {})
    }),
    /rolled back/,
    'a swallowed error does not look like success'
  )
  await t.rejects(database.tx(async (tx) => await tx.transaction(async () => {})), /already/)
  t.same(await database.read.select({ id: moment.id }).from(moment), [{ id: 'kept' }])
})

t.test('hooks run after the commit, once, and never after a rollback', async (t) => {
  const database = await withTable(t)
  const seen: string[] = []
  let ended: Tx | undefined
  await database.tx(async (tx) => {
    ended = tx
    afterCommit(tx, () => {
      throw new Error('one bad hook')
    })
    afterCommit(tx, () => {
      seen.push('committed')
    })
    seen.push('in transaction')
  })
  await database.tx(async (tx) => {
    afterCommit(tx, () => {
      seen.push('never')
    })
    throw new Error('no')
  }).catch(() => {})
  t.same(seen, ['in transaction', 'committed'])
  t.throws(() => afterCommit(ended as Tx, () => {}), /open transaction/)
})

t.test('a tenant transaction carries its tenant, for that transaction only', async (t) => {
  const { url } = await testDatabase(t, { schema: 'sample' })
  const database = createDatabase({ url, schema: 'sample', poolMax: 1, applicationName: 'test', logger: silentLogger })
  t.teardown(database.close)
  const setting = async (tx: Tx): Promise<unknown> =>
    (await tx.$client.query("select nullif(current_setting('app.tenant', true), '') as tenant")).rows[0]
  t.same(await database.forTenant('acme-1').tx(async (tx) => [tx.tenantId, await setting(tx)]), ['acme-1', {
    tenant: 'acme-1'
  }])
  t.same(await database.tx(setting), { tenant: null })
  for (const bad of ["x'; drop table moment; --", 'Acme', '', '-a', 'a'.repeat(64)]) {
    t.throws(() => database.forTenant(bad), TypeError)
  }
})

t.test('an unreachable database is named so, and a lost connection costs one transaction', async (t) => {
  const nowhere = createDatabase({
    url: 'postgres://a:b@127.0.0.1:1/x',
    schema: 'sample',
    poolMax: 1,
    applicationName: 'test',
    logger: silentLogger
  })
  t.teardown(nowhere.close)
  await t.rejects(nowhere.tx(async () => {}), DatabaseUnavailable)
  const database = await withTable(t)
  await t.rejects(
    database.tx(async (tx) => {
      const { rows } = await tx.$client.query('select pg_backend_pid() as pid')
      await database.pool.query('select pg_terminate_backend($1)', [rows[0].pid])
      await tx.insert(moment).values({ id: 'a' })
    }),
    DatabaseUnavailable
  )
  await database.tx(async (tx) => {
    await tx.insert(moment).values({ id: 'b' })
  })
  t.same(await database.read.select({ id: moment.id }).from(moment), [{ id: 'b' }])
})

t.test('a connection to a server that only reads is not used again', async (t) => {
  const { url, database: owned } = await testDatabase(t, { schema: 'sample' })
  const database = createDatabase({ url, schema: 'sample', poolMax: 1, applicationName: 'test', logger: silentLogger })
  t.teardown(database.close)
  await asOwner(owned, 'create table moment (id text primary key)')
  // as the old primary after a failover: the connection still stands
  await database.pool.query('set default_transaction_read_only = on')
  const write = async (): Promise<void> =>
    await database.tx(async (tx) => {
      await tx.$client.query("insert into moment values ('a')")
    })
  await t.rejects(write(), DatabaseUnavailable)
  await write()
})

t.test('an exhausted pool says so in time', async (t) => {
  const { url } = await testDatabase(t, { schema: 'sample' })
  const database = createDatabase({
    url,
    schema: 'sample',
    poolMax: 1,
    connectTimeoutMs: 1_000,
    applicationName: 'test',
    logger: silentLogger
  })
  t.teardown(database.close)
  await database.tx(async () => {
    await t.rejects(database.tx(async () => {}), DatabaseUnavailable)
  })
  await database.close()
  await database.close()
})

t.test('connections are opened lazily, in the schema, in UTC, with limits; a bad schema name is refused', async (t) => {
  const { url } = await testDatabase(t, { schema: 'sample' })
  const database = createDatabase({
    url: `${url}?options=-c%20work_mem%3D9MB`,
    schema: 'sample',
    poolMax: 2,
    applicationName: 'seen-by-dba',
    statementTimeoutMs: 50,
    logger: silentLogger
  })
  t.teardown(database.close)
  t.equal(database.pool.totalCount, 0)
  const { rows } = await database.pool.query(
    `select current_setting('search_path') as path, current_setting('timezone') as zone,
    current_setting('application_name') as name, current_setting('work_mem') as memory`
  )
  t.same(rows, [{ path: 'sample', zone: 'UTC', name: 'seen-by-dba', memory: '9MB' }])
  await t.rejects(database.pool.query('select pg_sleep(5)'), { code: '57014' })
  t.throws(
    () => createDatabase({ url, schema: 'a b', poolMax: 1, applicationName: 'x', logger: silentLogger }),
    TypeError
  )
})
