import { createDatabase, type Database } from '@dueline/postgres'
import { silentLogger } from '../silent-logger.ts'

/** A real database that can be taken away from who holds it. */
export interface SwitchedDatabase {
  database: Database
  /** Runs `fn` while the database cannot be reached, or while whatever is asked of it fails as a bug would. */
  with<T>(state: 'away' | 'broken', fn: () => Promise<T>): Promise<T>
}

/** Give `database` to a service in place of `live`; it is `live` but while `with` runs. */
export function switchedDatabase (live: Database): SwitchedDatabase {
  let current: object = live
  const broken = new Proxy(live, {
    get: () => {
      throw new Error('a fault that nobody foresaw')
    }
  })
  const database = new Proxy(live, { get: (_, name) => Reflect.get(current, name) as unknown })
  return {
    database,
    async with (state, fn) {
      const url = 'postgres://nobody@127.0.0.1:9/none'
      const away = createDatabase({
        url,
        schema: live.schema,
        poolMax: 2,
        applicationName: 'dueline-test',
        logger: silentLogger
      })
      current = state === 'away' ? away : broken
      try {
        return await fn()
      } finally {
        current = live
        await away.close()
      }
    }
  }
}
