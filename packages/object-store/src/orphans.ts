import { createPoller, type Poller } from '@dueline/runtime'
import { fileOfKey, isOrphan } from './file-keys.ts'
import { statesOf } from './file-rows.ts'
import type { ObjectInfo } from './store.ts'
import type { StoredFilesOptions } from './stored-files.ts'

const everyMs = 3600_000
/** What is younger may belong to a change that has not committed, or to an upload that is still good. */
const ageMsMin = 24 * 3600_000
const pageMax = 500

type Options = Pick<StoredFilesOptions, 'database' | 'store' | 'prefix' | 'logger' | 'metrics' | 'clock' | 'orphanMs'>

/** Once an hour: removes objects of the service that no file has any use for, and that are a day old. */
export function createOrphanSweeper (options: Options): Poller {
  const { store, prefix, logger, metrics, clock, orphanMs = ageMsMin } = options
  const removed = metrics.counter('dueline_file_orphans_removed_total', 'Objects removed that belonged to no file', [])
  return createPoller({
    name: 'remove orphaned objects',
    idleMs: everyMs,
    logger,
    run: async (signal) => {
      let after: string | undefined
      do {
        const { objects, next } = await store.list(`${prefix}/`, { after, limit: pageMax })
        const old = objects.filter(({ storedAtMs }) => clock.now() / 1_000 - storedAtMs >= orphanMs)
        for (const key of await orphansOf(options, old)) {
          await store.delete(key)
          removed.inc()
          logger.warn({ key }, 'removed an object that belonged to no file')
        }
        after = next
      } while (after !== undefined && !signal.aborted)
      return 'idle'
    }
  })
}

/** Keys that nobody has made by `keyIn` are left alone: they are not ours to remove. */
async function orphansOf ({ database, prefix }: Options, objects: readonly ObjectInfo[]): Promise<string[]> {
  const found = objects.flatMap(({ key }) => {
    const file = fileOfKey(prefix, key)
    return file === undefined ? [] : [{ key, ...file }]
  })
  if (found.length === 0) return []
  const states = await statesOf(database.read, found)
  return found.filter(({ place, tenantId, id }) => isOrphan(place, states.get(`${tenantId}/${id}`))).map(({ key }) =>
    key
  )
}
