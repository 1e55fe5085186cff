import { startTestPostgres } from '@dueline/testkit'
import { createDatabase, createSchemas } from '../packages/postgres/src/index.ts'
import { createLogger, systemIds } from '../packages/runtime/src/index.ts'

/**
 * A database of its own on a server that waits for its disk, as in production; dropped afterwards. `label` is part of
 * its name.
 */
export async function withFreshDatabase<T> (label: string, use: (url: string) => Promise<T>): Promise<T> {
  const postgres = await startTestPostgres({ durable: true })
  const name = `bench_${label}_${systemIds.next().replaceAll('-', '').slice(-12)}`
  const logger = createLogger({ service: 'bench', level: 'warn' })
  const admin = createDatabase({
    url: postgres.url,
    schema: 'public',
    poolMax: 1,
    applicationName: 'bench',
    logger,
    statementTimeoutMs: 0
  })
  try {
    await admin.pool.query(`create database ${name}`)
    const url = new URL(`/${name}`, postgres.url).href
    // migrations need the group that its policies name
    await createSchemas({ adminUrl: url, roles: [] })
    return await use(url)
  } finally {
    await admin.pool.query(`drop database if exists ${name} with (force)`)
    await admin.close()
    await postgres.stop()
  }
}
