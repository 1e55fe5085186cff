import type { ReadyCheck } from '@dueline/http'
import type { Database } from '@dueline/postgres'
import type { Consumer } from './consumer.ts'

/** What `/health/ready` looks at in a service that has a database and reads events. Never rejects. */
export function readinessOf (database: Database, consumer: Consumer): () => Promise<ReadyCheck[]> {
  return async () => {
    const { state, detail } = consumer.health()
    const answered = await database.pool.query('select 1').then(
      () => ({ ok: true }),
      (error: Error) => ({ ok: false, detail: error.message })
    )
    return [{ name: 'database', ...answered }, { name: 'bus', ok: state !== 'down', detail }]
  }
}
