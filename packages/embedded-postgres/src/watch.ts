import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ServerFault } from './fault.ts'
import type { Postmaster } from './postmaster.ts'
import { runs } from './processes.ts'

/** Hears what happens to a server that is watched. */
export interface ServerWatcher {
  /** It has ended by itself. @returns whether it shall be started again */
  ended(): boolean
  /** It runs again. @param awayMs since it was missed */
  restarted(awayMs: number): void
  /** It is lost: its data are gone, or it does not start. Nothing is watched any more. */
  failed(fault: ServerFault): void
}

const everyMs = 250

interface Watched {
  folder: string
  watcher: ServerWatcher
  current(): Postmaster
  /** Finds the server that another user has started by now, or starts it. */
  restart(signal: AbortSignal): Promise<void>
}

/** Looks after a server. @returns ends it, and resolves when nothing of it runs any more */
export function watchServer (watched: Watched): () => Promise<void> {
  const ending = new AbortController()
  const running = watch(watched, ending.signal).catch((error: Error) => {
    if (ending.signal.aborted) return
    watched.watcher.failed(
      error instanceof ServerFault
        ? error
        : new ServerFault('server', `Postgres has ended and cannot be started again: ${error.message}`, {
          cause: error
        })
    )
  })
  return async () => {
    ending.abort()
    await running
  }
}

async function watch ({ folder, watcher, current, restart }: Watched, signal: AbortSignal): Promise<void> {
  for (;;) {
    await pause(everyMs, undefined, { signal })
    if (!existsSync(join(folder, 'data', 'PG_VERSION'))) {
      throw new ServerFault(
        'server',
        `the data in ${folder} are gone: start again, with a new folder or on what you put back`
      )
    }
    const { pid, mark } = current()
    if (runs(pid, mark)) continue
    const begunMs = performance.now()
    if (!watcher.ended()) return
    await restart(signal)
    watcher.restarted(performance.now() - begunMs)
  }
}
