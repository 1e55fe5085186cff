import fc from 'fast-check'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { jsonArrayParam } from '../../src/index.ts'

t.test('Postgres reads the texts that were written', async (t) => {
  const { database } = await testDatabase(t, { schema: 'service', sources: [] })
  const roundTrip = async (texts: readonly (string | null)[]): Promise<unknown> =>
    (await database.pool.query(
      'select array(select x from unnest($1::text[]) with ordinality as u(x, n) order by n) as texts',
      [jsonArrayParam(texts)]
    )).rows[0].texts
  const awkward = [
    '',
    'null',
    'NULL',
    '{',
    '},{',
    '"',
    '\\',
    '\\n',
    '\n\t\u0000',
    ' ',
    ',',
    '\u2028',
    '\u007f',
    '😀',
    '\ud800',
    'ä'
  ]
  const written = [...awkward.map((text) => JSON.stringify(text)), JSON.stringify({ a: awkward }), null]
  t.same(await roundTrip(written), written)
  t.same(await roundTrip([]), [])
  await fc.assert(fc.asyncProperty(fc.array(fc.option(fc.json({ stringUnit: 'binary' }))), async (texts) => {
    t.same(await roundTrip(texts), texts)
  }))
})
