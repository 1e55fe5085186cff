import { unnamedColumns } from '@dueline/postgres/conformance'
import { testDatabase } from '@dueline/testkit'
import t from 'tap'
import { directoryCopyMigrations } from '../../src/index.ts'

t.test('the statements of the package name every column that its migrations make', async (t) => {
  const { database } = await testDatabase(t, { schema: 'service', sources: [directoryCopyMigrations] })
  t.same(await unnamedColumns(database.read, new URL('../../src/', import.meta.url)), [])
})
