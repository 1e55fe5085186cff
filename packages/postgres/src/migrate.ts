import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@dueline/runtime'
import pg from 'pg'
import { connectionConfig } from './connection.ts'
import { DatabaseUnavailable, isUnavailable, MigrationRefused } from './errors.ts'
import { migrationLock } from './migration-lock.ts'
import { applyTenantPolicies, missingRoles } from './tenant-policies.ts'

/** A folder of numbered SQL files. `name` is remembered beside each applied file and must never change. */
export interface MigrationSource {
  name: string
  directory: string | URL
}

/** What a run of `migrate` did: `source/file` of each migration applied now, and those of them that are breaking. */
export interface MigrationReport {
  applied: string[]
  breaking: string[]
}

/** One migration file as read from its folder; `checksum` is independent of line endings. */
export interface Migration {
  source: string
  name: string
  sql: string
  checksum: string
  breaking: boolean
}

interface AppliedMigration {
  source: string
  name: string
  checksum: string
  breaking: boolean
}

/**
 * How a schema compares with the program, as `source/file`: what it lacks, and what it has that breaks this program.
 */
export interface SchemaState {
  missing: string[]
  newer: string[]
  /** Roles that the one which looks must be a member of, and is not. */
  missingRoles: string[]
}

const fileName = /^\d{4}_[a-z0-9_-]+\.sql$/
const header = /^-- breaking: (yes|no)[ \t]*$/

/**
 * Reads the migrations of all sources, in order of source and number.
 * @throws MigrationRefused for a file not named `NNNN_what.sql`, a number used twice, or a first line that is not
 * `-- breaking: yes|no`
 */
export async function readMigrations (sources: readonly MigrationSource[]): Promise<Migration[]> {
  const migrations: Migration[] = []
  for (const { name: source, directory } of sources) {
    const folder = directory instanceof URL || directory.startsWith('file:') ? fileURLToPath(directory) : directory
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
    names.forEach((name, i) => {
      if (!fileName.test(name)) throw new MigrationRefused(`${source}/${name}: a migration is named NNNN_what.sql`)
      if (names[i - 1]?.slice(0, 4) === name.slice(0, 4)) {
        throw new MigrationRefused(`${source}/${name}: its number is used twice`)
      }
    })
    for (const name of names) {
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
      const breaking = header.exec(sql.split('\n', 1)[0] ?? '')?.[1]
      if (breaking === undefined) {
        throw new MigrationRefused(`${source}/${name}: the first line must be "-- breaking: yes" or "-- breaking: no"`)
      }
      const checksum = createHash('sha256').update(sql).digest('hex')
      migrations.push({ source, name, sql, checksum, breaking: breaking === 'yes' })
    }
  }
  return migrations
}

/**
 * Brings a schema up to date, each file in its own transaction. Any number of processes may call it at once: they take
 * turns under an advisory lock on the connection that migrates, so the lock cannot outlive the work.
 * @throws MigrationRefused (nothing applied) when an applied file was edited or a new one sorts before an applied one
 * @throws DatabaseUnavailable when the database cannot be reached
 */
export async function migrate (
  { url, schema, sources, logger }: { url: string, schema: string, sources: readonly MigrationSource[], logger: Logger }
): Promise<MigrationReport> {
  const migrations = await readMigrations(sources)
  const client = new pg.Client(
    connectionConfig({ url, schema, applicationName: 'dueline-migrate', statementTimeoutMs: 0 })
  )
  client.on('error', (error) => logger.debug({ err: error }, 'the migrating connection was lost'))
  try {
    await client.connect()
    await client.query(`select pg_advisory_lock(${migrationLock})`, [schema])
    // a migration that cannot get its table lock soon would stop all traffic queueing behind it
    await client.query("set lock_timeout = '30s'")
    await ensureSchema(client, schema)
    const applied = await readApplied(client, schema)
    const newer = newerThan(migrations, applied)
    if (newer.length > 0) logger.info({ newer: newer.map(labelOf) }, 'the schema is newer than this program')
    const pending = unapplied(migrations, applied)
    // also around tables that an earlier release has made without
    await applyTenantPolicies(client, schema)
    for (const migration of pending) await apply(client, schema, migration, logger)
    return { applied: pending.map(labelOf), breaking: pending.filter((m) => m.breaking).map(labelOf) }
  } catch (error) {
    throw isUnavailable(error) ? new DatabaseUnavailable(error) : error
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Compares a schema with the program and changes nothing: for roles that may not. Newer migrations that break nothing
 * are not named: the release before the newest must go on working while replicas are replaced.
 * @throws DatabaseUnavailable when the database cannot be reached
 */
export async function schemaState (
  { url, schema, sources }: { url: string, schema: string, sources: readonly MigrationSource[] }
): Promise<SchemaState> {
  const migrations = await readMigrations(sources)
  const client = new pg.Client(
    connectionConfig({ url, schema, applicationName: 'dueline-start', statementTimeoutMs: 10_000 })
  )
  client.on('error', () => {})
  try {
    await client.connect()
    const applied = await readApplied(client, schema).catch((error: { code?: string }) => {
      // undefined_table, invalid_schema_name: nobody has migrated yet
      if (error.code === '42P01' || error.code === '3F000') return []
      throw error
    })
    const done = new Set(applied.map(labelOf))
    return {
      missing: migrations.map(labelOf).filter((label) => !done.has(label)),
      newer: newerThan(migrations, applied).filter(({ breaking }) => breaking).map(labelOf),
      missingRoles: await missingRoles(client, schema)
    }
  } catch (error) {
    throw isUnavailable(error) ? new DatabaseUnavailable(error) : error
  } finally {
    await client.end().catch(() => {})
  }
}

async function ensureSchema (client: pg.Client, schema: string): Promise<void> {
  // asked first: a role that may not create schemas must still be able to start
  const { rowCount } = await client.query('select 1 from pg_namespace where nspname = $1', [schema])
  if (rowCount === 0) await client.query(`create schema ${client.escapeIdentifier(schema)}`)
  await client.query(`create table if not exists schema_migration (
    source text not null, name text not null, checksum text not null, applied_at timestamptz not null default now(),
    primary key (source, name))`)
  // Remembered for older programs, which do not have the file; what nobody said is taken for breaking.
  await client.query('alter table schema_migration add column if not exists breaking boolean not null default true')
}

async function readApplied (client: pg.Client, schema: string): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `select source, name, checksum, breaking from ${client.escapeIdentifier(schema)}.schema_migration
      order by source, name`
  )
  return rows
}

/** Applied migrations of these sources that this program does not have. */
function newerThan (migrations: readonly Migration[], applied: readonly AppliedMigration[]): AppliedMigration[] {
  const sources = new Set(migrations.map((m) => m.source))
  const known = new Set(migrations.map(labelOf))
  return applied.filter((row) => sources.has(row.source) && !known.has(labelOf(row)))
}

function labelOf ({ source, name }: { source: string, name: string }): string {
  return `${source}/${name}`
}

function unapplied (migrations: readonly Migration[], rows: readonly AppliedMigration[]): Migration[] {
  const applied = new Map(rows.map((row) => [labelOf(row), row.checksum]))
  const last = new Map(rows.map((row) => [row.source, row.name]))
  for (const { source, name, checksum } of migrations) {
    const known = applied.get(`${source}/${name}`)
    if (known === undefined && name < (last.get(source) ?? '')) {
      throw new MigrationRefused(
        `${source}/${name} sorts before ${last.get(source)}, which is applied already: give it a later number`
      )
    }
    if (known !== undefined && known !== checksum) {
      throw new MigrationRefused(
        `${source}/${name} was edited after it was applied: restore it and add a new migration`
      )
    }
  }
  return migrations.filter((migration) => !applied.has(labelOf(migration)))
}

async function apply (client: pg.Client, schema: string, migration: Migration, logger: Logger): Promise<void> {
  const { source, name, sql, checksum, breaking } = migration
  try {
    await client.query('begin')
    await client.query(sql)
    await applyTenantPolicies(client, schema)
    await client.query('insert into schema_migration (source, name, checksum, breaking) values ($1, $2, $3, $4)', [
      source,
      name,
      checksum,
      breaking
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw isUnavailable(error) || error instanceof MigrationRefused
      ? error
      : new Error(`migration ${source}/${name} failed: ${(error as Error).message}`, { cause: error })
  }
  logger[breaking ? 'warn' : 'info']({ source, migration: name, breaking }, 'migration applied')
}
