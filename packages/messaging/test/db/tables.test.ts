import { unnamedColumns } from '@dueline/postgres/conformance'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { busMigrations, migrations } from '../../src/index.ts'

for (const [schema, source] of [['messaging', migrations], ['bus', busMigrations]] as const) {
  t.test(`the statements of the package name every column that the migrations of ${schema} make`, async (t) => {
    const { database } = await testDatabase(t, { schema, sources: [source] })
    t.same(await unnamedColumns(database.read, new URL('../../src/', import.meta.url)), [])
  })
}
