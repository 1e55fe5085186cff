import { schemaDrift } from '@dueline/postgres/conformance'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import * as tables from '../../src/store/tables.ts'

t.test('the tables of the code are those that the migrations make', async (t) => {
  const { database } = await testDatabase(t, {
    schema,
    sources: migrations.filter(({ name }) => name === 'template')
  })
  t.same(await schemaDrift(database.read, tables, []), [])
})
