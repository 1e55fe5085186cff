import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { acquireServer, removeServer, ServerFault } from '@dueline/embedded-postgres'
import { fromDocker } from './docker.ts'
import { memoryFolderOf } from './memory-folder.ts'

/** A Postgres server for tests or benchmarks. */
export interface TestPostgres {
  url: string
  kind: 'given' | 'docker' | 'embedded'
  /** May be called once; it stops only what was started here. What is in memory goes, unless it is kept. */
  stop(options?: { retainData?: boolean }): Promise<void>
}

/** Options of `startTestPostgres`. */
export interface TestPostgresOptions {
  /**
   * Keeps `fsync`, `full_page_writes` and `synchronous_commit` on, in a data folder of its own; for benchmarks. Default
   * false.
   */
  durable?: boolean
  /**
   * Keeps the data of an embedded server in memory while it is used, where there is room. Default false; whoever comes
   * while they are there uses them.
   */
  inMemory?: boolean
  /** Further settings of the server, by their `postgresql.conf` name (not for a given server). */
  settings?: Record<string, string>
}

const repository = fileURLToPath(new URL('../../../', import.meta.url))

/** A crash of the machine may lose a test's data, and nothing else: so tests do not wait for the disk. */
const forgetful = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
const common = { max_connections: '300', shared_buffers: '128MB', max_wal_size: '256MB', log_min_messages: 'warning' }

/**
 * Finds or starts a server: `DUELINE_TEST_POSTGRES_URL`, else Docker (`postgres:17`) when a daemon answers at once and
 * has the image, else embedded-postgres with its data under `.dueline/` or in memory. Unless `durable`, a server
 * started here runs with **fsync off**. A test runner calls this once and passes the URL on in
 * `DUELINE_TEST_POSTGRES_URL`.
 */
export async function startTestPostgres (options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const given = process.env.DUELINE_TEST_POSTGRES_URL
  if (given !== undefined && given !== '' && options.durable !== true) {
    return { url: given, kind: 'given', stop: async () => {} }
  }
  const settings = { ...common, ...(options.durable === true ? {} : forgetful), ...options.settings }
  const container = await fromDocker('postgres:17', async () => await startContainer(settings))
  if (container !== undefined) return container
  const folder = join(repository, '.dueline', options.durable === true ? 'bench-postgres' : 'test-postgres')
  return await embeddedServer(folder, settings, options)
}

/** An embedded server with its data in `folder`, or in memory. */
export async function embeddedServer (
  folder: string,
  settings: Record<string, string>,
  { durable = false, inMemory = false }: TestPostgresOptions = {}
): Promise<TestPostgres> {
  const memory = durable ? undefined : await memoryFolderOf(folder)
  const used = memory !== undefined && (inMemory || existsSync(memory)) ? memory : folder
  const server = await acquireServer(used, settings)
  if (server.fresh) await prune(server.url)
  return {
    url: server.url,
    kind: 'embedded',
    async stop ({ retainData = false } = {}) {
      await server.release()
      if (!inMemory || used === folder || retainData) return
      await removeServer(used).catch((error: unknown) => {
        // Somebody has joined: the next run removes it.
        if (!(error instanceof ServerFault)) throw error
      })
    }
  }
}

async function startContainer (settings: Record<string, string>): Promise<TestPostgres> {
  const { GenericContainer, Wait } = await import('testcontainers')
  const container = await new GenericContainer('postgres:17')
    .withEnvironment({ POSTGRES_PASSWORD: 'postgres' })
    .withCommand(Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]))
    .withExposedPorts(5432)
    // the image starts a first server to create the database, and then the real one
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start()
  return {
    url: `postgres://postgres:postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
    kind: 'docker',
    async stop () {
      await container.stop()
    }
  }
}

/**
 * On a fresh start nobody uses the databases of earlier runs: the newest five that failed and twenty templates stay.
 */
async function prune (url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(`
      (select datname as name from pg_database where datname like 'test\\_%' order by oid desc offset 5)
      union all (select datname from pg_database where datname like 'template\\_%\\_new')
      union all (select datname from pg_database where datname ~ '^template_[0-9a-f]+$' order by oid desc offset 20)`)
    for (const { name } of rows) {
      await client.query(`drop database if exists ${client.escapeIdentifier(name)} with (force)`)
    }
  } finally {
    await client.end()
  }
}
