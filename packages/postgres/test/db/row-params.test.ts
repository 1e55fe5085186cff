import fc from 'fast-check'
import { testDatabase } from '@dueline/testkit'
import { integer, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import t from 'tap'
import { instant, instantRange, readInstant, rowParams, tableRows } from '../../src/index.ts'

const thing = rowParams({
  title: 'text',
  id: 'uuid',
  count: 'integer',
  micros: 'bigint',
  done: 'boolean',
  at: 'instant',
  stored: 'json',
  data: 'jsonb',
  tags: 'text[]',
  others: 'uuid[]'
})
type Thing = Parameters<typeof thing.values>[0][number]

// what a column of text can hold: no NUL, no half of a pair
const words = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0')),
  fc.constantFrom('', 'null', 'NULL', '{', '},{', '"', '\\', '\\n', '\n\t', ' ', ',', '\u2028', '\u007f', '😀')
)
const json = fc.oneof(words, fc.dictionary(words, fc.oneof(words, fc.integer(), fc.array(words))), fc.array(words))
const things: fc.Arbitrary<Thing> = fc.record({
  title: fc.option(words),
  id: fc.option(fc.uuid()),
  count: fc.option(fc.integer()),
  micros: fc.option(fc.maxSafeInteger()),
  done: fc.option(fc.boolean()),
  at: fc.option(fc.integer({ min: instantRange.from, max: instantRange.to })),
  stored: fc.option(json),
  data: fc.option(json),
  tags: fc.option(fc.array(words)),
  others: fc.option(fc.array(fc.uuid()))
})

t.test('Postgres reads the rows that were written, in their order', async (t) => {
  const { database } = await testDatabase(t, { schema: 'service', sources: [] })
  const read = async (rows: readonly Thing[]): Promise<unknown[]> => {
    const result = await database.pool.query(
      {
        name: 'read',
        text: `select ${thing.columns('r.')} from ${thing.from(2, 'r')} where $1`,
        values: [true, ...thing.values(rows)]
      }
    )
    return result.rows.map(({ micros, at, others, ...row }) => ({
      ...row,
      micros: micros === null ? null : Number(micros),
      at: at === null ? null : readInstant(at),
      others
    }))
  }
  t.strictSame(await read([]), [])
  await fc.assert(
    fc.asyncProperty(fc.array(things), async (rows) => {
      t.same(await read(rows), rows.map((row) => ({ ...row })))
    }),
    { numRuns: 300 }
  )
  t.strictSame((await read([{ title: 'a' } as Thing])).map((row) => (row as Thing).count), [null], 'missing is null')
  await t.rejects(read([{ at: 0.5 } as Thing]), RangeError)
})

t.test('a table gives its columns; one of a type that cannot be written is refused at once', async (t) => {
  const own = tableRows(
    pgTable('own', { firstName: text('first_name'), version: integer('version'), at: instant('at') }, (table) => [
      primaryKey({ columns: [table.version, table.firstName] })
    ])
  )
  t.equal(own.count, 3)
  t.equal(own.columns('r.'), 'r.first_name, r.version, r.at')
  t.equal(own.from(3, 'r'), 'unnest($3::text[], $4::integer[], $5::timestamptz[]) as r(first_name, version, at)')
  t.strictSame(own.values([{ firstName: 'a"b', version: 1, at: 0 }, { version: 2 }]), [
    '{"a\\"b",NULL}',
    '{1,2}',
    '{"1970-01-01 00:00:00.000000+00",NULL}'
  ])
  t.equal(own.key('r.'), 'r.version, r.first_name')
  t.equal(own.assignments('x'), 'at = x.at')
  t.strictSame(own.read({ first_name: null, version: 1, at: '1970-01-01 00:00:01+00', other: 1 }), {
    firstName: null,
    version: 1,
    at: 1_000_000
  })
  t.throws(() => tableRows(pgTable('other', { price: numeric('price') })), /column price is of type numeric/)
})
