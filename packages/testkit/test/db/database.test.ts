import t from 'tap'
import { asOwner, testDatabase } from '../../src/index.ts'

t.test('each test has a database of its own', async (t) => {
  const a = await testDatabase(t, { schema: 'ticket' })
  const b = await testDatabase(t, { schema: 'ticket' })
  t.not(a.name, b.name)
  await asOwner(a.database, 'create table only_here (n int)')
  t.rejects(b.database.pool.query('select * from only_here'), { code: '42P01' })
  const { rows } = await a.database.pool.query("select current_schema() as schema, current_setting('timezone') as zone")
  t.same(rows, [{ schema: 'ticket', zone: 'UTC' }])
})
