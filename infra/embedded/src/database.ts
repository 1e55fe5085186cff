import { join } from 'node:path'
import { acquireServer, type EmbeddedServer, type ServerWatcher } from '@dueline/embedded-postgres'
import { createSchemas, migrate, type MigrationSource } from '@dueline/postgres'
import { orAborted, type Logger } from '@dueline/runtime'
import pg from 'pg'
import { rolePassword } from './secrets.ts'
import { databaseFaultOf } from './known-faults.ts'

/** A schema with the role that uses it at run time. */
export interface SchemaPlan {
  schema: string
  sources: readonly MigrationSource[]
}

export interface DatabaseOptions {
  folder: string
  /** A role that may create schemas and roles; else the embedded server of `folder` is used. */
  adminUrl: string | undefined
  plans: readonly SchemaPlan[]
  watcher: ServerWatcher
  signal: AbortSignal | undefined
  logger: Logger
}

export interface PreparedDatabase {
  /** Connection URL of the role of one schema: it may read and write that schema's rows and nothing else. */
  urlOf(schema: string): string
  /** Ids of the processes that use the embedded server too. */
  readonly others: readonly number[]
  stop(): Promise<void>
}

/**
 * Small on purpose: the whole stack is to idle in two hundred megabytes. Nothing here replicates, runs in background
 * workers or asks for serializable transactions: their share of the memory per connection is 7 MB.
 */
const serverSettings = {
  shared_buffers: '32MB',
  max_connections: '200',
  max_pred_locks_per_transaction: '10',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_worker_processes: '0',
  io_method: 'sync',
  io_max_concurrency: '1',
  max_wal_size: '1GB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  autovacuum_naptime: '20s',
  log_min_messages: 'warning'
}

/**
 * A Postgres with every schema migrated and a role of its own per schema. Safe to call by two stacks at once.
 * @throws StartFault, ServerFault
 */
export async function prepareDatabase (options: DatabaseOptions): Promise<PreparedDatabase> {
  const { folder, adminUrl, watcher, signal } = options
  if (adminUrl !== undefined) {
    const urlOf = await prepareSchemas(new URL(adminUrl), options).catch((error: unknown) => {
      signal?.throwIfAborted()
      throw databaseFaultOf(error, adminUrl)
    })
    return { urlOf, others: [], stop: async () => {} }
  }
  const server = await acquireServer(join(folder, 'postgres'), serverSettings, signal === undefined ? {} : { signal })
  server.watch(watcher)
  try {
    return {
      urlOf: await prepareSchemas(await createDatabaseOnce(server), options),
      others: server.others,
      stop: async () => await server.release()
    }
  } catch (error) {
    await server.release()
    throw error
  }
}

async function prepareSchemas (
  admin: URL,
  { folder, plans, signal, logger }: DatabaseOptions
): Promise<PreparedDatabase['urlOf']> {
  const password = await rolePassword(folder)
  await orAborted(
    createSchemas({
      adminUrl: admin.href,
      roles: plans.map(({ schema }) => ({ schema, role: roleOf(schema), password }))
    }),
    signal
  )
  for (const { schema, sources } of plans) {
    await orAborted(migrate({ url: admin.href, schema, sources, logger }), signal)
  }
  return (schema) => {
    const url = new URL(admin)
    url.username = roleOf(schema)
    url.password = password
    return url.href
  }
}

function roleOf (schema: string): string {
  return `dueline_${schema}`
}

async function createDatabaseOnce (server: EmbeddedServer): Promise<URL> {
  const admin = new URL(server.socketUrl)
  const client = new pg.Client({ connectionString: admin.href })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('create database dueline').catch((error: { code?: string }) => {
      // duplicate_database, also as the unique violation of two that create at once
      if (error.code !== '42P04' && error.code !== '23505') throw error
    })
  } finally {
    await client.end().catch(() => {})
  }
  admin.pathname = '/dueline'
  return admin
}
