import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from '@dueline/runtime'
import pg from 'pg'
import { connectionConfig } from './connection.ts'
import { DatabaseUnavailable, isUnavailable } from './errors.ts'

/** A folder of numbered SQL files. `name` is remembered beside each applied file and must never change. */
export interface MigrationSource { name: string, directory: string | URL }

/** What a run of `migrate` did: `source/file` of each migration applied now, and those of them that are breaking. */
export interface MigrationReport { applied: string[], breaking: string[] }

/** A migration that must not run: edited after it was applied, wrongly named, without header, or out of order. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

/** One migration file as read from its folder; `checksum` is independent of line endings. */
export interface Migration { source: string, name: string, sql: string, checksum: string, breaking: boolean }

const fileName = /^\d{4}_[a-z0-9_-]+\.sql$/
const header = /^-- breaking: (yes|no)[ \t]*$/

/**
 * Reads the migrations of all sources, in order of source and number.
 * @throws MigrationRefused for a file not named `NNNN_what.sql`, a number used twice, or a first line that is not `-- breaking: yes|no`
 */
export async function readMigrations (sources: readonly MigrationSource[]): Promise<Migration[]> {
  const migrations: Migration[] = []
  for (const { name: source, directory } of sources) {
    const folder = directory instanceof URL || directory.startsWith('file:') ? fileURLToPath(directory) : directory
    const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
    names.forEach((name, i) => {
      if (!fileName.test(name)) throw new MigrationRefused(`${source}/${name}: a migration is named NNNN_what.sql`)
      if (names[i - 1]?.slice(0, 4) === name.slice(0, 4)) throw new MigrationRefused(`${source}/${name}: its number is used twice`)
    })
    for (const name of names) {
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
      const breaking = header.exec(sql.split('\n', 1)[0] ?? '')?.[1]
      if (breaking === undefined) throw new MigrationRefused(`${source}/${name}: the first line must be "-- breaking: yes" or "-- breaking: no"`)
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
export async function migrate ({ url, schema, sources, logger }: { url: string, schema: string, sources: readonly MigrationSource[], logger: Logger }): Promise<MigrationReport> {
  const migrations = await readMigrations(sources)
  const client = new pg.Client(connectionConfig({ url, schema, applicationName: 'dueline-migrate', statementTimeoutMs: 0 }))
  client.on('error', (error) => logger.debug({ err: error }, 'the migrating connection was lost'))
  try {
    await client.connect()
    await client.query("select pg_advisory_lock(hashtextextended('dueline.migrate.' || $1, 0))", [schema])
    // a migration that cannot get its table lock soon would stop all traffic queueing behind it
    await client.query("set lock_timeout = '30s'")
    await ensureSchema(client, schema)
    const pending = await unapplied(client, migrations, logger)
    for (const migration of pending) await apply(client, migration, logger)
    const label = (m: Migration): string => `${m.source}/${m.name}`
    return { applied: pending.map(label), breaking: pending.filter((m) => m.breaking).map(label) }
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
}

async function unapplied (client: pg.Client, migrations: readonly Migration[], logger: Logger): Promise<Migration[]> {
  const { rows } = await client.query<{ source: string, name: string, checksum: string }>(
    'select source, name, checksum from schema_migration order by source, name')
  const applied = new Map(rows.map((row) => [`${row.source}/${row.name}`, row.checksum]))
  const last = new Map(rows.map((row) => [row.source, row.name]))
  for (const { source, name, checksum } of migrations) {
    const known = applied.get(`${source}/${name}`)
    if (known === undefined && name < (last.get(source) ?? '')) {
      throw new MigrationRefused(`${source}/${name} sorts before ${last.get(source)}, which is applied already: give it a later number`)
    }
    if (known !== undefined && known !== checksum) {
      throw new MigrationRefused(`${source}/${name} was edited after it was applied: restore it and add a new migration`)
    }
    applied.delete(`${source}/${name}`)
  }
  const sources = new Set(migrations.map((m) => m.source))
  const newer = [...applied.keys()].filter((key) => sources.has(key.slice(0, key.lastIndexOf('/'))))
  if (newer.length > 0) logger.info({ newer }, 'the schema is newer than this program')
  const done = new Set(rows.map((row) => `${row.source}/${row.name}`))
  return migrations.filter((m) => !done.has(`${m.source}/${m.name}`))
}

async function apply (client: pg.Client, migration: Migration, logger: Logger): Promise<void> {
  const { source, name, sql, checksum, breaking } = migration
  try {
    await client.query('begin')
    await client.query(sql)
    await client.query('insert into schema_migration (source, name, checksum) values ($1, $2, $3)', [source, name, checksum])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw isUnavailable(error) ? error : new Error(`migration ${source}/${name} failed: ${(error as Error).message}`, { cause: error })
  }
  logger[breaking ? 'warn' : 'info']({ source, migration: name, breaking }, 'migration applied')
}
