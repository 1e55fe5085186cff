import { createHash, randomBytes } from 'node:crypto'
import { applyTenantPolicies, createDatabase, createSchemas, migrate, readMigrations } from '@dueline/postgres'
import type { Database, MigrationSource, SchemaRole } from '@dueline/postgres'
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
  /** As the service logs in: its role may read and write rows, and its requests are held by the policies of tenants. */
  url: string
  /** As the administrator of the server, who is held by nothing. */
  adminUrl: string
  name: string
  database: Database
}

let server: Promise<TestPostgres> | undefined
const adminUrls = new WeakMap<Database, string>()

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
  const { url: serverUrl } = await sharedServer()
  const login = loginOf(serverUrl, schema)
  const template = await ensureTemplate(serverUrl, login, sources)
  const name = `test_${t.name.toLowerCase().replace(/[^a-z0-9]+/g, '_').slice(0, 40)}_${randomBytes(4).toString('hex')}`
  await asAdmin(serverUrl, async (admin) => {
    // Nothing of it has to be written again after a crash: its files are copied, at half of what a log of them takes.
    await admin.query(`create database ${name} template ${template} strategy file_copy`)
    // an event log on the same database makes its own schema
    await admin.query(`grant create on database ${name} to ${login.role}`)
  })
  const adminUrl = withDatabase(serverUrl, name)
  const url = Object.assign(new URL(adminUrl), { username: login.role, password: login.password }).href
  const database = createDatabase({ url, schema, poolMax: 10, applicationName: 'dueline-test', logger: silentLogger })
  adminUrls.set(database, adminUrl)
  t.teardown(async () => {
    await database.close()
    if (t.passing()) {
      await asAdmin(serverUrl, async (admin) => await admin.query(`drop database if exists ${name} with (force)`))
    } else t.comment(`kept database ${name} of the failed test (${new URL(serverUrl).host})`)
  })
  return { url, adminUrl, name, database }
}

/** The same in every process that tests on a server: its password follows from that of the administrator. */
function loginOf (serverUrl: string, schema: string): SchemaRole {
  const password = createHash('sha256').update(`${new URL(serverUrl).password} ${schema}`).digest('hex')
  return { schema, role: `test_${schema}`, password }
}

/**
 * Runs SQL on a database of `testDatabase` as a migration would: tables that it makes in the schema get the same rights
 * and policies. The role of the service may neither make nor change any.
 */
export async function asOwner (database: Database, sql: string): Promise<void> {
  const { schema } = database
  const adminUrl = adminUrls.get(database)
  if (adminUrl === undefined) throw new Error('not the database that testDatabase has given')
  await asAdmin(adminUrl, async (admin) => {
    await admin.query(`set search_path to ${admin.escapeIdentifier(schema)}`)
    await admin.query(sql)
    await applyTenantPolicies(admin, schema)
  })
}

async function ensureTemplate (
  serverUrl: string,
  login: SchemaRole,
  sources: readonly MigrationSource[]
): Promise<string> {
  const { schema } = login
  const migrations = await readMigrations(sources)
  const files = migrations.map(({ source, name, checksum }) => [source, name, checksum])
  const name = `template_${createHash('sha256').update(JSON.stringify([login.role, files])).digest('hex').slice(0, 24)}`
  await asAdmin(serverUrl, async (admin) => {
    const exists = async (): Promise<boolean> =>
      (await admin.query('select 1 from pg_database where datname = $1', [name])).rowCount === 1
    if (await exists()) return
    // session lock: the test files of a run that come here together wait for the one that migrates; roles are shared by
    // all databases of a server, so that only one template is made at a time
    await admin.query("select pg_advisory_lock(hashtextextended('test.templates', 0))")
    if (await exists()) return
    const unfinished = `${name}_new`
    const url = withDatabase(serverUrl, unfinished)
    await admin.query(`drop database if exists ${unfinished} with (force)`)
    await admin.query(`create database ${unfinished}`)
    await createSchemas({ adminUrl: url, roles: [login] })
    await migrate({ url, schema, sources, logger: silentLogger })
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
