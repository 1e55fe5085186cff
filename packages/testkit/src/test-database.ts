import { createHash, randomBytes } from 'node:crypto'
import { createDatabase, migrate, readMigrations } from '@dueline/postgres'
import type { Database, MigrationSource } from '@dueline/postgres'
import pg from 'pg'
import { silentLogger } from './silent-logger.ts'
import { startTestPostgres } from './test-postgres.ts'
import type { TestPostgres } from './test-postgres.ts'

/** The part of a tap test that the testkit uses. */
export interface TestContext {
  readonly name: string
  teardown(fn: () => unknown): unknown
  passing(): boolean
  comment(...args: unknown[]): unknown
}

/** A database of one test's own. */
export interface TestDatabase {
  url: string
  name: string
  database: Database
}

let server: Promise<TestPostgres> | undefined

/** The server of this process, started on first use; it is left to others, or stopped, when the process exits. */
function sharedServer (): Promise<TestPostgres> {
  server ??= startTestPostgres()
  return server
}

/**
 * A fresh database for one test, cloned (about 40 ms) from a template that is migrated once per set of migrations.
 * It is dropped in the test's teardown when the test passed; otherwise it is kept and its name is printed.
 */
export async function testDatabase (
  t: TestContext,
  { sources = [], schema }: { sources?: readonly MigrationSource[], schema: string }
): Promise<TestDatabase> {
  const { url: adminUrl } = await sharedServer()
  const template = await ensureTemplate(adminUrl, schema, sources)
  const name = `test_${t.name.toLowerCase().replace(/[^a-z0-9]+/g, '_').slice(0, 40)}_${randomBytes(4).toString('hex')}`
  await asAdmin(adminUrl, async (admin) => await admin.query(`create database ${name} template ${template}`))
  const url = withDatabase(adminUrl, name)
  const database = createDatabase({ url, schema, poolMax: 10, applicationName: 'dueline-test', logger: silentLogger })
  t.teardown(async () => {
    await database.close()
    if (t.passing()) {
      await asAdmin(adminUrl, async (admin) => await admin.query(`drop database if exists ${name} with (force)`))
    } else t.comment(`kept database ${name} of the failed test (${new URL(adminUrl).host})`)
  })
  return { url, name, database }
}

async function ensureTemplate (adminUrl: string, schema: string, sources: readonly MigrationSource[]): Promise<string> {
  const migrations = await readMigrations(sources)
  const text = JSON.stringify([schema, migrations.map(({ source, name, checksum }) => [source, name, checksum])])
  const name = `template_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
  await asAdmin(adminUrl, async (admin) => {
    const exists = async (): Promise<boolean> =>
      (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount === 1
    if (await exists()) return
    // session lock: the test files of a run that come here together wait for the one that migrates
    await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [name])
    if (await exists()) return
    const unfinished = `${name}_new`
    await admin.query(`drop database if exists ${unfinished} with (force)`)
    await admin.query(`create database ${unfinished}`)
    await migrate({ url: withDatabase(adminUrl, unfinished), schema, sources, logger: silentLogger })
    // only a finished template gets the name; the disconnect of the migrator may lag behind
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [unfinished])
    await admin.query(`alter database ${unfinished} rename to ${name}`)
  })
  return name
}

async function asAdmin<T> (url: string, fn: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await fn(client)
  } finally {
    await client.end()
  }
}

function withDatabase (url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.toString()
}
