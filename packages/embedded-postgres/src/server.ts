import { existsSync, rmSync } from 'node:fs'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { storedPassword } from './cluster.ts'
import { ServerFault } from './fault.ts'
import { acquireLock, releaseLock, tryLock } from './lock.ts'
import { endServer, findServer, socketUrlOf, startServer, type Postmaster } from './postmaster.ts'
import { endsWithin, runs } from './processes.ts'
import { enter, usersOf, withdraw } from './users.ts'
import { watchServer, type ServerWatcher } from './watch.ts'

/** A running server in a folder of its own; see `acquireServer`. */
export interface EmbeddedServer {
  /** Over loopback TCP, as the role that owns everything. Whoever knows it may do everything there. */
  readonly url: string
  /**
   * The same over the server's Unix socket, which costs about half as much per statement; `url` where there is none.
   */
  readonly socketUrl: string
  readonly folder: string
  /** Whether it was started now. */
  readonly fresh: boolean
  /** Ids of the processes that used it already. */
  readonly others: readonly number[]
  /** From here on, until `release`, a server that ends by itself is started again, with the same addresses. */
  watch(watcher: ServerWatcher): void
  release(): Promise<void>
}

/** How long a server may take to stop before whoever released it goes on. */
const stopMsMax = 20_000

/**
 * Joins the Postgres server of `folder`, starting it when nobody has. Processes that use it are listed in
 * `users/<pid>`; the last one to leave stops it. The data stays, so that templates and kept databases survive.
 * A process that is killed leaves its entry behind; the next one to come or go clears it. A folder keeps its port from
 * start to start, as long as nobody else has taken it.
 * @param settings as in `postgresql.conf`; those of whoever starts it hold
 * @throws ServerFault with what to do; the reason of `signal` when that stops the start
 */
export async function acquireServer (
  folder: string,
  settings: Record<string, string>,
  { signal }: { signal?: AbortSignal } = {}
): Promise<EmbeddedServer> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // also that of an older release, which let everybody read the address with the password
  await chmod(folder, 0o700)
  return await locked(folder, signal, async () => {
    const others = usersOf(folder)
    // Without a kept password it was started by a release that gave all the same: not joined unless somebody uses it.
    const joinable = others.length > 0 || await storedPassword(folder) !== undefined
    const running = joinable ? await findServer(folder) : undefined
    if (running === undefined) await endServer(folder)
    const server = running ?? await startServer(folder, { settings, signal, samePort: false })
    enter(folder)
    return handleOf({ folder, settings, server, fresh: running === undefined, others })
  })
}

function handleOf (
  { folder, settings, server, fresh, others }: Pick<EmbeddedServer, 'folder' | 'fresh' | 'others'> & {
    settings: Record<string, string>,
    server: Postmaster
  }
): EmbeddedServer {
  let current = server
  let unwatch = async (): Promise<void> => {}
  const onExit = (): void => {
    try {
      leave(folder, current)
    } catch {
      // the folder is going: nobody is left to be informed
    }
  }
  process.once('exit', onExit)
  return {
    url: server.url,
    socketUrl: socketUrlOf(server.url, folder),
    folder,
    fresh,
    others,
    watch (watcher) {
      unwatch = watchServer({
        folder,
        watcher,
        current: () => current,
        restart: async (signal) =>
          await locked(folder, signal, async () => {
            const restarted = await findServer(folder)
            if (restarted === undefined) await endServer(folder)
            current = restarted ?? await startServer(folder, { settings, signal, samePort: true })
          })
      })
    },
    async release () {
      process.removeListener('exit', onExit)
      await unwatch()
      if (leave(folder, current)) await endsWithin(current.pid, stopMsMax)
    }
  }
}

/** Leaves without waiting, so that it can run while the process exits. Returns whether the server was told to stop. */
function leave (folder: string, server: Postmaster): boolean {
  // Somebody has removed the folder: its server has nothing left to save.
  if (!existsSync(join(folder, 'data'))) return kill(server, 'SIGQUIT')
  withdraw(folder)
  const lock = join(folder, 'lock')
  // somebody is arriving or leaving right now: whoever is last there decides
  if (!tryLock(lock)) return false
  try {
    if (usersOf(folder).length > 0 || !runs(server.pid, server.mark)) return false
    rmSync(join(folder, 'server.json'), { force: true })
    return kill(server, 'SIGINT')
  } finally {
    releaseLock(lock)
  }
}

function kill ({ pid, mark }: Postmaster, signal: NodeJS.Signals): boolean {
  if (!runs(pid, mark)) return false
  process.kill(pid, signal)
  return true
}

/**
 * Ends the server that a killed process left behind in `folder`, and removes the folder.
 * @throws ServerFault when somebody uses it
 */
export async function removeServer (folder: string): Promise<void> {
  if (!existsSync(folder)) return
  await locked(folder, undefined, async () => {
    const users = usersOf(folder)
    if (users.length > 0) {
      throw new ServerFault('server', `${folder} is used by process ${users.join(' and ')}: stop that first`)
    }
    await endServer(folder)
  })
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function locked<T> (folder: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const lock = join(folder, 'lock')
  await acquireLock(lock, signal)
  try {
    return await work()
  } finally {
    releaseLock(lock)
  }
}
