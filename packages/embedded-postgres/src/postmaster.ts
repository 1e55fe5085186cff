import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, realpathSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { prepareCluster, reasonIn, superuser } from './cluster.ts'
import { ServerFault } from './fault.ts'
import { freePort } from './free-port.ts'
import { endsWithin, markOf, runs, workingFolderOf } from './processes.ts'
import { serverPrograms } from './programs.ts'
import { dataFolderAsSeen, serverUser } from './server-user.ts'

/** A server that runs, as `server.json` in its folder describes it. */
export interface Postmaster {
  url: string
  pid: number
  mark: string
}

export interface StartOptions {
  settings: Record<string, string>
  signal: AbortSignal | undefined
  /** It must be found where it was: others use it. */
  samePort: boolean
}

const answerMsMax = 60_000
/** How long to try again while what is left of a server that was killed ends. */
const leftoverMsMax = 15_000
const leftover = /shared memory block|lock file "postmaster\.pid"/
const stopMsMax = 20_000

/** The server of `folder` when it runs and answers; undefined otherwise. */
export async function findServer (folder: string): Promise<Postmaster | undefined> {
  try {
    const server = JSON.parse(await readFile(join(folder, 'server.json'), 'utf8')) as Postmaster
    return runs(server.pid, server.mark) && await answers(server.url) ? server : undefined
  } catch {
    return undefined
  }
}

/**
 * Ends whatever still uses the data of `folder`: a server that is shutting down, does not answer, or lost its file.
 * @throws ServerFault when it does not end
 */
export async function endServer (folder: string): Promise<void> {
  const lines = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(lines.split('\n')[0])
  if (runs(pid) && worksIn(pid, join(folder, 'data'))) {
    process.kill(pid, 'SIGINT')
    if (!await endsWithin(pid, stopMsMax)) {
      throw new ServerFault('server', `the Postgres of ${folder} does not stop: end process ${pid} and try again`)
    }
  }
  await rm(join(folder, 'server.json'), { force: true })
}

/** Ids are reused: only a process that works in this folder is its server. */
function worksIn (pid: number, data: string): boolean {
  return existsSync(data) && workingFolderOf(pid) === realpathSync(data)
}

/**
 * Starts the server of `folder`, making its data when there are none.
 * @throws ServerFault when it does not start; `signal`'s reason
 */
export async function startServer (folder: string, options: StartOptions): Promise<Postmaster> {
  const user = serverUser()
  const programs = await serverPrograms(user)
  const password = await prepareCluster(folder, { programs, user, signal: options.signal })
  const begunMs = performance.now()
  for (;;) {
    const port = await choosePort(folder, options.samePort)
    const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`
    const child = spawnServer(programs.postgres, folder, { ...options.settings, port: String(port) }, user)
    const server = { url, pid: child.pid, mark: markOf(child.pid) }
    try {
      await untilItAnswers(server, child, options.signal)
    } catch (error) {
      if (!child.ended() && await endsAfter(child.pid, 'SIGINT')) options.signal?.throwIfAborted()
      const reason = reasonIn(await readFile(join(folder, 'server.log'), 'utf8').catch(() => ''))
      const again = leftover.test(reason) || reason.includes('could not create any TCP/IP sockets')
      if (error instanceof ServerFault && again && performance.now() - begunMs < leftoverMsMax) {
        await pause(100)
        continue
      }
      throw error instanceof ServerFault
        ? new ServerFault('server', `${error.message}: ${reason} (all it said: ${join(folder, 'server.log')})`)
        : error
    }
    const file = join(folder, 'server.json')
    await writeFile(`${file}.new`, JSON.stringify(server), { mode: 0o600 })
    await rename(`${file}.new`, file)
    return server
  }
}

/**
 * A folder keeps its port from start to start while nobody else has it: clients that outlive a server look for it where
 * it was.
 */
async function choosePort (folder: string, same: boolean): Promise<number> {
  const file = join(folder, 'port')
  const former = await readFile(file, 'utf8').then(Number, () => 0)
  const port = same && former > 0 ? former : await freePort(former)
  await writeFile(file, String(port))
  return port
}

interface Child {
  pid: number
  ended(): boolean
}

function spawnServer (
  program: string,
  folder: string,
  settings: Record<string, string>,
  user: ReturnType<typeof serverUser>
): Child {
  const data = join(folder, 'data')
  const seen = dataFolderAsSeen(data, folder, user)
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFolder(data) === undefined ? '' : seen,
    // means nothing to Postgres; lists of processes show whose server it is
    'dueline.folder': folder,
    ...settings
  }
  const log = openSync(join(folder, 'server.log'), 'w', 0o600)
  const child = spawn(program, [
    '-D',
    seen,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  ], { ...user, detached: true, stdio: ['ignore', log, log], cwd: data })
  closeSync(log)
  let ended = false
  child.once('error', () => {
    ended = true
  })
  child.once('exit', () => {
    ended = true
  })
  child.unref()
  return { pid: child.pid ?? 0, ended: () => ended }
}

async function untilItAnswers (server: Postmaster, child: Child, signal: AbortSignal | undefined): Promise<void> {
  for (let waitedMs = 0; !await answers(server.url); waitedMs += 25) {
    signal?.throwIfAborted()
    if (child.ended()) throw new ServerFault('server', 'Postgres did not start')
    if (waitedMs > answerMsMax) {
      throw new ServerFault('server', `Postgres did not answer within ${answerMsMax / 1_000} s`)
    }
    await pause(25)
  }
}

async function endsAfter (pid: number, signal: NodeJS.Signals): Promise<boolean> {
  if (!runs(pid)) return true
  process.kill(pid, signal)
  return await endsWithin(pid, stopMsMax)
}

async function answers (url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Where the server's Unix socket lies: sending over it costs about half of what loopback TCP does. Undefined where
 * there are none, or where the path would be too long for one (107 bytes on Linux, 103 on macOS).
 */
function socketFolder (data: string): string | undefined {
  const longest = join(data, '.s.PGSQL.65535.lock')
  return process.platform === 'win32' || Buffer.byteLength(longest) > 103 ? undefined : data
}

/** `url` over the server's socket, where there is one. */
export function socketUrlOf (url: string, folder: string): string {
  const sockets = socketFolder(join(folder, 'data'))
  return sockets === undefined ? url : `${url}?host=${encodeURIComponent(sockets)}`
}
