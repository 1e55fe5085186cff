import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@dueline/runtime'
import type { Backoff } from '@dueline/runtime'
import { partitionKey } from './log-store.ts'
import type { Commit } from './group-store.ts'

export interface Committer {
  /** Notes progress; it is stored within about `everyMs`, together with that of other partitions. */
  add(commit: Commit): void
  /** Resolves once everything noted so far is stored, or could not be stored before `signal` was aborted. */
  flush(signal: AbortSignal): Promise<void>
}

/**
 * Stores the progress of all groups of a bus, many partitions per statement and one statement at a time. Progress
 * that is lost with the process only means that some records come again.
 */
export function createCommitter ({ store, refused, everyMs, backoff, logger }: {
  store: (commits: readonly Commit[]) => Promise<Commit[]>,
  refused: (commits: readonly Commit[]) => void,
  everyMs: number,
  backoff: Backoff,
  logger: Logger
}): Committer {
  const pending = new Map<string, Commit>()
  let running: Promise<void> | undefined
  let hurry = new AbortController()

  async function drain (): Promise<void> {
    let failures = 0
    while (pending.size > 0) {
      await pause(failures > 0 ? backoff.nextMs(failures) : everyMs, undefined, { signal: hurry.signal }).catch(
        () => {}
      )
      const batch = [...pending.values()]
      pending.clear()
      try {
        const lost = await store(batch)
        if (lost.length > 0) refused(lost)
        failures = 0
      } catch (error) {
        failures++
        logger.debug({ err: error, failures }, 'progress could not be stored, trying again')
        // what was noted meanwhile is newer
        for (const commit of batch) if (!pending.has(keyOf(commit))) pending.set(keyOf(commit), commit)
        if (hurry.signal.aborted) hurry = new AbortController()
      }
    }
    // at once, not in a later callback: what is noted from here on starts a new round
    running = undefined
  }

  return {
    add (commit) {
      pending.set(keyOf(commit), commit)
      running ??= drain()
    },
    async flush (signal) {
      if (running === undefined || signal.aborted) return
      hurry.abort()
      let stop = (): void => {}
      await Promise.race([
        running,
        new Promise<void>((resolve) => {
          stop = resolve
          signal.addEventListener('abort', stop)
        })
      ])
      signal.removeEventListener('abort', stop)
      hurry = new AbortController()
    }
  }
}

function keyOf ({ group, topic, part }: Commit): string {
  return `${group} ${partitionKey(topic, part)}`
}
