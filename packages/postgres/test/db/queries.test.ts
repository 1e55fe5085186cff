import { instant, rowsOf } from '@dueline/postgres'
import type { Database } from '@dueline/postgres'
import { asc, eq, sql } from 'drizzle-orm'
import { boolean, integer, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import t from 'tap'
import { asOwner, testDatabase, type TestContext } from '@dueline/testkit'

const thing = pgTable('thing', {
  tenantId: text('tenant_id').notNull(),
  id: integer('id').primaryKey(),
  at: instant('at'),
  tags: text('tags').array(),
  content: jsonb('content'),
  isOpen: boolean('is_open')
})
const part = pgTable('part', { thingId: integer('thing_id').notNull(), name: text('name') })

async function withTables (t: TestContext): Promise<Database> {
  const { database } = await testDatabase(t, { schema: 'sample' })
  await asOwner(
    database,
    `create table thing (tenant_id text, id integer primary key, at timestamptz, tags text[], content jsonb,
      is_open boolean);
     create table part (thing_id integer, name text)`
  )
  await database.tx(async (tx) => {
    await tx.insert(thing).values([full, empty])
    await tx.insert(part).values([{ thingId: 1, name: 'wheel' }])
  })
  return database
}

const full = {
  tenantId: 'acme',
  id: 1,
  at: 1_772_323_200_123_456,
  tags: ['a,b', ''],
  content: { x: [] },
  isOpen: false
}
const empty = { tenantId: 'acme', id: 2, at: null, tags: null, content: null, isOpen: null }

t.test('rows are what their columns say, at the first use and when prepared', async (t) => {
  const { read } = await withTables(t)
  for (let use = 1; use <= 4; use++) {
    t.same(await read.select().from(thing).orderBy(asc(thing.id)), [full, empty], `use ${use}`)
    t.same(
      await read.select({ when: thing.at, twice: sql<number>`${thing.id} * 2`.mapWith(String) }).from(thing)
        .where(eq(thing.id, 1)),
      [{ when: full.at, twice: '2' }],
      'some columns and an expression'
    )
    t.same(await read.select({ id: thing.id, again: sql`${thing.isOpen}`.as('again') }).from(thing), [
      { id: 1, again: false },
      { id: 2, again: null }
    ], 'an expression with a name')
    t.same(
      await read.select().from(thing).leftJoin(part, eq(part.thingId, thing.id)).orderBy(asc(thing.id)),
      [{ thing: full, part: { thingId: 1, name: 'wheel' } }, { thing: empty, part: null }],
      'of two tables, of which one has none'
    )
    t.same(
      await rowsOf(read, thing, sql`from ${thing} where ${thing.id} < ${use + 5} order by id`),
      [full, empty].map(({ tenantId: _, ...rest }) => rest),
      'whole, but for the tenant'
    )
    t.same((await read.execute(sql`select ${use}::int as use`)).rows, [{ use }], 'by hand')
  }
})

t.test('what is asked often is prepared, in transactions and for tenants too', async (t) => {
  const database = await withTables(t)
  const prepared = async (tx: { $client: { query: Database['pool']['query'] } }): Promise<string[]> =>
    (await tx.$client.query<{ text: string }>('select statement as text from pg_prepared_statements')).rows
      .map(({ text }) => text)
  await database.tx(async (tx) => {
    for (let use = 1; use <= 3; use++) await tx.select({ once: thing.id }).from(thing).where(eq(thing.id, use))
    await tx.select({ rare: thing.id }).from(thing)
    t.same(await prepared(tx), ['select "id" from "thing" where "thing"."id" = $1'])
  })
  await database.forTenant('acme').tx(async (tx) => {
    await tx.select({ once: thing.id }).from(thing).where(eq(thing.id, 1))
    t.same((await prepared(tx)).length, 1, 'on each connection that uses it')
  })
})

t.test('a statement that fails is prepared when it is right', async (t) => {
  const database = await withTables(t)
  const ask = async (tx: Pick<Database['read'], 'select'>) => await tx.select().from(part)
  for (let use = 1; use <= 3; use++) await ask(database.read)
  await asOwner(database, 'alter table part rename to hidden')
  await t.rejects(ask(database.read))
  await t.rejects(database.tx(ask))
  await asOwner(database, 'alter table hidden rename to part')
  t.same(await ask(database.read), [{ thingId: 1, name: 'wheel' }])
  t.same(await database.tx(ask), [{ thingId: 1, name: 'wheel' }])
})
