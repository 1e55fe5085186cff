import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { acquireServer } from '@dueline/embedded-postgres'
import { createSchemas, migrate, type MigrationSource } from '@dueline/postgres'
import type { Logger } from '@dueline/runtime'
import pg from 'pg'
import { rolePassword } from './secrets.ts'

/** A schema with the role that uses it at run time. */
export interface SchemaPlan { schema: string, sources: readonly MigrationSource[] }

export interface PreparedDatabase {
  /** Connection URL of the role of one schema: it may read and write that schema's rows and nothing else. */
  urlOf (schema: string): string
  stop (): Promise<void>
}

/** Small on purpose: the whole stack is to idle in a few hundred megabytes. */
const serverSettings = {
  shared_buffers: '64MB',
  max_connections: '200',
  max_wal_size: '1GB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  autovacuum_naptime: '20s',
  log_min_messages: 'warning'
}

/**
 * A Postgres with every schema migrated and a role of its own per schema. Uses `adminUrl` when given (a role that may
 * create databases objects and roles), else the embedded server of `folder`. Safe to call by two stacks at once.
 */
export async function prepareDatabase ({ folder, adminUrl, plans, logger }: { folder: string, adminUrl: string | undefined, plans: readonly SchemaPlan[], logger: Logger }): Promise<PreparedDatabase> {
  // As root the server runs as another user, who must get to its own folder below; he cannot list this one.
  if (process.getuid?.() === 0) await chmod(folder, 0o711)
  const server = adminUrl === undefined ? await acquireServer(join(folder, 'postgres'), serverSettings) : undefined
  const admin = new URL(adminUrl ?? server?.socketUrl ?? '')
  if (server !== undefined) await createDatabaseOnce(admin)
  const password = await rolePassword(folder)
  await createSchemas({ adminUrl: admin.href, roles: plans.map(({ schema }) => ({ schema, role: roleOf(schema), password })) })
  for (const { schema, sources } of plans) await migrate({ url: admin.href, schema, sources, logger })
  return {
    urlOf (schema) {
      const url = new URL(admin)
      url.username = roleOf(schema)
      url.password = password
      return url.href
    },
    stop: async () => { await server?.release() }
  }
}

function roleOf (schema: string): string {
  return `dueline_${schema}`
}

async function createDatabaseOnce (admin: URL): Promise<void> {
  const client = new pg.Client({ connectionString: admin.href })
  await client.connect()
  try {
    await client.query('create database dueline').catch((error: { code?: string }) => {
      // duplicate_database, also as the unique violation of two that create at once
      if (error.code !== '42P04' && error.code !== '23505') throw error
    })
  } finally {
    await client.end()
  }
  admin.pathname = '/dueline'
}
