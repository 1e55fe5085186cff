import { AsyncLocalStorage } from 'node:async_hooks'
import { createDatabase, type Database } from '@dueline/postgres'
import { silentLogger } from '../silent-logger.ts'

/** A real database that can be taken away from those who ask it. */
export interface SwitchedDatabase {
  database: Database
  /**
   * Runs `fn` while the database cannot be reached, or while whatever is asked of it fails as a bug would: for what
   * `fn` does, and not for loops that run beside it.
   */
  with<T>(state: 'away' | 'broken', fn: () => Promise<T>): Promise<T>
}

/** Give `database` to a service in place of `live`; it is `live` but inside of `with`. */
export function switchedDatabase (live: Database): SwitchedDatabase {
  const inPlace = new AsyncLocalStorage<object>()
  const broken = new Proxy(live, {
    get: () => {
      throw new Error('a fault that nobody foresaw')
    }
  })
  return {
    database: new Proxy(live, {
      get: (_, name) => Reflect.get(inPlace.getStore() ?? live, name) as unknown
    }),
    async with (state, fn) {
      if (state === 'broken') return await inPlace.run(broken, fn)
      const away = createDatabase({
        url: 'postgres://nobody@127.0.0.1:9/none',
        schema: live.schema,
        poolMax: 2,
        applicationName: 'dueline-test',
        logger: silentLogger
      })
      try {
        return await inPlace.run(away, fn)
      } finally {
        await away.close()
      }
    }
  }
}
