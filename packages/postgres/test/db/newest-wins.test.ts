import fc from 'fast-check'
import { asOwner, testDatabase } from '@dueline/testkit'
import { integer, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import t from 'tap'
import { instant, newestWins } from '../../src/index.ts'

const copy = pgTable('copy', {
  tenantId: text('tenant_id').notNull(),
  id: text('id').notNull(),
  version: integer('version').notNull(),
  asOf: instant('as_of').notNull(),
  name: text('name')
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])
const copySql = `create table copy (tenant_id text, id text, version integer, as_of timestamptz, name text,
  primary key (tenant_id, id))`
const save = newestWins(copy, ['version', 'asOf'])
type Row = typeof copy.$inferInsert & { name: string | null }

const small = fc.integer({ min: 0, max: 3 })
const rows: fc.Arbitrary<Row[]> = fc.uniqueArray(
  fc.record({ tenantId: fc.constantFrom('a', 'b'), id: fc.constantFrom('x', 'y'), version: small, asOf: small })
    .map((row) => ({ ...row, name: JSON.stringify(row) })),
  { selector: ({ name }) => name }
)

t.test('the newest of each thing stays, in whatever portions and order', async (t) => {
  const { database } = await testDatabase(t, { schema: 'service', sources: [] })
  await asOwner(database, copySql)
  const portions = fc.tuple(rows, fc.integer({ min: 1, max: 5 }))
  await fc.assert(
    fc.asyncProperty(portions, async ([all, size]) => {
      await database.pool.query('delete from copy')
      for (let from = 0; from < all.length; from += size) await save(database.read, all.slice(from, from + size))
      const newest = new Map<string, Row>()
      for (const row of [...all].sort((a, b) => a.version - b.version || a.asOf - b.asOf)) {
        newest.set(`${row.tenantId}/${row.id}`, row)
      }
      const stored = await database.read.select().from(copy).orderBy(copy.tenantId, copy.id)
      t.same(stored, [...newest].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row))
    }),
    { numRuns: 150 }
  )
})

t.test('what is no newer is not written', async (t) => {
  const { database } = await testDatabase(t, { schema: 'service', sources: [] })
  await asOwner(database, copySql)
  const place = async () => (await database.pool.query('select ctid, xmax, name from copy')).rows
  const row: Row = { tenantId: 'a', id: 'x', version: 2, asOf: 1, name: 'first' }
  await save(database.read, [row])
  const before = await place()
  await save(database.read, [{ ...row, name: 'same version' }, { ...row, version: 1, asOf: 9, name: 'older' }])
  t.same(await place(), before, 'not even locked')
  await save(database.read, [{ ...row, asOf: 2, name: null }])
  t.match(await place(), [{ name: null }], 'and what it does not have any more is gone')
})

t.test('a column of a type that is not written is refused when the writer is made', (t) => {
  const odd = pgTable('odd', {
    id: text('id').notNull(),
    version: integer('version').notNull(),
    price: numeric('price')
  })
  t.throws(() => newestWins(odd, ['version']), { message: /price is of type numeric/ })
  t.end()
})
