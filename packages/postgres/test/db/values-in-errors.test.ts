import { inspect } from 'node:util'
import { sql } from 'drizzle-orm'
import { integer, pgTable, text } from 'drizzle-orm/pg-core'
import t from 'tap'
import type { Database } from '@dueline/postgres'
import { createLogger } from '@dueline/runtime'
import { asOwner, testDatabase } from '@dueline/testkit'

const note = pgTable('note', { id: integer('id').primaryKey(), body: text('body').notNull() })
const words = /customer wrote|secret\.ts|314159265358979/
const secret = 'what the customer wrote\n    at nowhere (secret.ts:1:1)'

/** Statements that fail after they were given a secret. */
const failures: Record<string, (database: Database) => Promise<unknown>> = {
  'a value that breaks a constraint (23514), by drizzle': async (database) => {
    await database.read.insert(note).values({ id: -1, body: secret })
  },
  'a row that is there (23505)': async (database) => {
    for (let i = 0; i < 2; i++) await database.read.insert(note).values({ id: 7, body: secret })
  },
  'a bare statement': (database) => database.pool.query('insert into note (id, body) values ($1, $2)', [-1, secret]),
  'a value of the wrong type (22P02)': (database) => database.pool.query('select $1::uuid', [secret]),
  'a value that cannot be stored (22021)': (database) => database.pool.query('select $1::text', [`${secret}\0`]),
  'a value out of range (22003)': (database) => database.pool.query('select $1::text::integer', ['314159265358979']),
  'no such table (42P01)': (database) => database.read.execute(sql`insert into nothing values (${secret})`)
}

t.test('what a failed statement was given is neither logged nor kept in its error', async (t) => {
  const lines: string[] = []
  const logger = createLogger({
    service: 'x',
    level: 'trace',
    destination: {
      write: (line) => {
        lines.push(line)
      }
    }
  })
  const { database } = await testDatabase(t, { schema: 'sample' })
  await asOwner(database, 'create table note (id integer primary key check (id > 0), body text not null)')
  for (const [name, fail] of Object.entries(failures)) {
    await asOwner(database, 'truncate note')
    const error = await fail(database).then(() => t.fail(name), (error: unknown) => error)
    const held = words.test(inspect(error, { showHidden: true }))
    if (!name.endsWith('(22021)')) t.ok(held, `${name}: the driver's error holds it`)
    logger.error({ err: error, error, wrapped: { err: error } }, 'failed')
    logger.error({ err: new Error('wrapped', { cause: error }) }, 'failed')
    logger.error(error)
    t.same(lines.filter((line) => words.test(line)), [], name)
    t.match(lines.join(''), /"code":"(23514|23505|22P02|22021|22003|42P01)"/, 'what it was can be seen')
    lines.length = 0

    await asOwner(database, 'truncate note')
    const inside = await database.tx(async (tx) => await fail({ ...database, read: tx, pool: tx.$client as never }))
      .then(() => t.fail(name), (error: unknown) => error)
    t.notOk(words.test(inspect(inside, { showHidden: true })), `${name}, in a transaction`)
    t.match(String((inside as Error).stack), 'values-in-errors.test.ts', 'where it was can be seen')
  }
})
