import type { Logger } from '@dueline/runtime'
import pg from 'pg'
import { connectionConfig } from './connection.ts'

/** What the pools of a service are made of. */
export interface PoolOptions {
  url: string
  schema: string
  /** Most connections of one pool. */
  poolMax: number
  applicationName: string
  logger: Logger
  /** Longest single statement in milliseconds; default 30,000. */
  statementTimeoutMs?: number
  /** Longest wait for a connection, new or from the pool, in milliseconds; default 5,000. */
  connectTimeoutMs?: number
}

/** A lazy pool; with `role`, all its connections work as this role of the one that logs in. */
export function createPool (options: PoolOptions, role?: string): pg.Pool {
  const { logger, schema, url, applicationName, statementTimeoutMs = 30_000 } = options
  const pool = new pg.Pool({
    ...connectionConfig({ url, schema, applicationName, statementTimeoutMs }, role),
    // statements that do not wait for one another are sent in one turn: a tenant's name and what is asked of it
    pipeline: role !== undefined,
    max: options.poolMax,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    idleTimeoutMillis: 30_000
  })
  const onLost = (error: Error): void => logger.debug({ err: error, schema }, 'a database connection was lost')
  // idle connections report here; those checked out have only their own listener, without which the process would die
  pool.on('error', onLost)
  pool.on('connect', (client) => {
    client.on('error', onLost)
  })
  return pool
}
