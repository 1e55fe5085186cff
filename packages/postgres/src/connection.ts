import type { ClientConfig } from 'pg'
import pg from 'pg'

/** What every connection of a service is opened with. */
export interface ConnectionSettings {
  /** `postgres://user:password@host:port/database`; an `options` parameter is kept and ours are added behind it. */
  url: string
  /** The service's schema: lower-case letters, digits and `_`. */
  schema: string
  applicationName: string
  /** Longest single statement in milliseconds; 0 for no bound. */
  statementTimeoutMs: number
}

const schemaName = /^[a-z_][a-z0-9_]{0,62}$/
const dateOids = new Set<number>([1082, 1114, 1184, 1115, 1182, 1185])

/**
 * Dates and timestamps stay text: a JavaScript `Date` would lose the microseconds. Everything else as node-postgres
 * does it.
 */
export const typeParsers: NonNullable<ClientConfig['types']> = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    dateOids.has(oid) && format !== 'binary'
      ? (text: string) => text
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser
}

/**
 * Services read and write by keys, some rows at a time, so every join is a look-up in an index. A connection keeps the
 * plans of its prepared statements, and those made while a table is new and without statistics scan it whole for as
 * long as nobody analyses it: at 100 tickets a second, half a minute after the start, that was a third of Postgres'
 * work (3.2 instead of 2.4 ms a ticket). A price tag on scans must not bring the compiler in either.
 */
const planner = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', jit: 'off' }

/**
 * Connection options that pin schema, zone, limits and plans by keys from the first statement on, without a round trip.
 * With `role`, the session works as this role of the one that logs in. A pooler in between must be in session mode.
 * @throws TypeError for a schema name that would need quoting
 */
export function connectionConfig (settings: ConnectionSettings, role?: string): ClientConfig {
  if (!schemaName.test(settings.schema)) throw new TypeError(`not a schema name: ${settings.schema}`)
  const url = new URL(settings.url)
  const given = url.searchParams.get('options')
  url.searchParams.delete('options')
  const pinned = {
    search_path: settings.schema,
    timezone: 'UTC',
    datestyle: 'ISO',
    statement_timeout: String(settings.statementTimeoutMs),
    // a process that stops in the middle of a transaction must not hold row locks for ever
    idle_in_transaction_session_timeout: '60000',
    ...planner,
    ...(role === undefined ? {} : { role: role.replace(/[\\\s]/g, '\\$&') })
  }
  const options = Object.entries(pinned).map(([name, value]) => `-c ${name}=${value}`).join(' ')
  return {
    connectionString: url.toString(),
    application_name: settings.applicationName,
    options: given === null ? options : `${given} ${options}`,
    keepAlive: true,
    types: typeParsers
  }
}
