import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t from 'tap'
import { startTestPostgres } from '../../src/index.ts'

t.test('the database of a failed test is kept and named, that of a passed one is gone', async (t) => {
  const server = await startTestPostgres()
  t.teardown(server.stop)
  const output = await runFixture(server.url)
  const [passed] = /passed in (\w+)/.exec(output)?.slice(1) ?? []
  const [retained] = /kept database (\w+)/.exec(output)?.slice(1) ?? []
  t.type(passed, 'string', output)
  t.match(retained, /^test_a_failing_test_[0-9a-f]{8}$/)
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  t.teardown(() => client.end())
  const { rows } = await client.query('select datname from pg_database where datname = any($1)', [[passed, retained]])
  t.same(rows, [{ datname: retained }])
  await client.query(`drop database ${String(retained)}`)
})

function runFixture (url: string): Promise<string> {
  const child = spawn(process.execPath, [
    ...process.execArgv,
    fileURLToPath(new URL('../fixtures/one-fails.ts', import.meta.url))
  ], { env: { ...process.env, TAP: '1', DUELINE_TEST_POSTGRES_URL: url } })
  let output = ''
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    output += data.toString()
  })
  return new Promise((resolve) => child.on('close', () => resolve(output)))
}
