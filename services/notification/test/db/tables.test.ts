import { schemaDrift } from '@dueline/postgres/conformance'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import * as tables from '../../src/store/tables.ts'

t.test('the tables of the code are those that the migrations make', async (t) => {
  // a migration of its own reads the timers
  const sources = migrations.filter(({ name }) => name === 'notification' || name === 'timers')
  const { database } = await testDatabase(t, { schema, sources })
  t.same(await schemaDrift(database.read, tables, ['feed_head', 'ticket_open', 'timer']), [])
})
