import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DatabaseUnavailable, migrate, MigrationRefused } from '@dueline/postgres'
import t from 'tap'
import { silentLogger, testDatabase, type TestContext } from '@dueline/testkit'

const one = '-- breaking: no\ncreate table one (n int);\ninsert into one values (1);\n'

async function folder (t: TestContext, files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'dueline-migrations-'))
  t.teardown(async () => await rm(directory, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  return directory
}

async function target (t: TestContext, schema = 'fresh') {
  const { adminUrl: url, database } = await testDatabase(t, { schema })
  return {
    url,
    database,
    run: async (directory: string | URL, source = 'sample') =>
      await migrate({ url, schema, sources: [{ name: source, directory }], logger: silentLogger })
  }
}

t.test('three migrators at once apply everything once', async (t) => {
  const { run, database } = await target(t)
  const directory = await folder(t, {
    '0001_one.sql': one,
    '0002_two.sql': '-- breaking: no\nselect pg_sleep(0.1); insert into one values (2);'
  })
  const reports = await Promise.all([run(directory), run(directory), run(directory)])
  t.same(reports.flatMap(({ applied }) => applied), ['sample/0001_one.sql', 'sample/0002_two.sql'])
  t.same((await database.pool.query('select n from one order by n')).rows, [{ n: 1 }, { n: 2 }])
  t.same((await run(pathToFileURL(directory))).applied, [], 'again does nothing, also by URL')
})

t.test('the counter-test: without taking turns, migrators at once do collide', async (t) => {
  const { url } = await target(t)
  const unguarded = async () => {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      await client.query('begin; create schema unguarded; select pg_sleep(0.1); commit')
    } finally {
      await client.end()
    }
  }
  const results = await Promise.allSettled([unguarded(), unguarded(), unguarded()])
  t.ok(results.some(({ status }) => status === 'rejected'))
})

t.test('an edited migration is refused before anything new is applied; line endings do not count', async (t) => {
  const { run, database } = await target(t)
  await run(await folder(t, { '0001_one.sql': one }))
  await run(await folder(t, { '0001_one.sql': one.replaceAll('\n', '\r\n') }))
  const edited = await folder(t, {
    '0001_one.sql': `${one}-- more`,
    '0002_two.sql': '-- breaking: no\ncreate table two ()'
  })
  await t.rejects(
    run(edited),
    new MigrationRefused('sample/0001_one.sql was edited after it was applied: restore it and add a new migration')
  )
  t.same((await database.pool.query("select to_regclass('two') as two")).rows, [{ two: null }])
})

t.test('a failing migration leaves what came before it and nothing of itself', async (t) => {
  const { run, database } = await target(t)
  const directory = await folder(t, {
    '0001_one.sql': one,
    '0002_bad.sql': '-- breaking: no\ninsert into one values (2); select nonsense;'
  })
  await t.rejects(run(directory), /sample\/0002_bad.sql failed: column "nonsense" does not exist/)
  t.same((await database.pool.query('select n from one')).rows, [{ n: 1 }])
})

t.test('headers, names and order are checked', async (t) => {
  const { run } = await target(t)
  t.same((await run(await folder(t, { '0001_a.sql': '-- breaking: yes\nselect 1' }), 'other')).breaking, [
    'other/0001_a.sql'
  ])
  await t.rejects(run(await folder(t, { '0001_a.sql': 'select 1' })), /first line/)
  await t.rejects(run(await folder(t, { 'a.sql': one })), /NNNN/)
  await t.rejects(run(await folder(t, { '0001_a.sql': one, '0001_b.sql': one })), /twice/)
  await run(await folder(t, { '0002_one.sql': one }))
  await t.rejects(
    run(await folder(t, { '0001_late.sql': '-- breaking: no\nselect 1', '0002_one.sql': one })),
    /sorts before/
  )
})

t.test('an older program starts on a newer schema', async (t) => {
  const { run } = await target(t)
  await run(await folder(t, { '0001_one.sql': one, '0002_two.sql': '-- breaking: no\nselect 2' }))
  t.same((await run(await folder(t, { '0001_one.sql': one }))).applied, [])
})

t.test('an unreachable database is named so', async (t) => {
  await t.rejects(
    migrate({ url: 'postgres://a:b@127.0.0.1:1/x', schema: 'fresh', sources: [], logger: silentLogger }),
    DatabaseUnavailable
  )
})
