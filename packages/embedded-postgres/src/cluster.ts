import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ServerFault } from './fault.ts'
import type { Programs } from './programs.ts'
import { dataFolderAsSeen, type ServerUser } from './server-user.ts'

export const superuser = 'postgres'

/**
 * Whoever connects shows a password, over the socket too: who else has an account on this machine is nobody's guest.
 */
const accessRules = 'local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n'

/** What a cluster is made or changed with. */
export interface ClusterTools {
  programs: Programs
  user: ServerUser | undefined
  signal: AbortSignal | undefined
}

/** The password of the superuser that the folder keeps; undefined when it keeps none. */
export async function storedPassword (folder: string): Promise<string | undefined> {
  return await readFile(join(folder, 'password'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  })
}

/**
 * Makes the data folder when there is none, and gives the superuser a random password when the folder keeps none, as
 * when an older release made it. Nothing of the cluster runs meanwhile.
 * @returns the password
 * @throws ServerFault when the data are not ours to use, or a program fails
 */
export async function prepareCluster (folder: string, tools: ClusterTools): Promise<string> {
  const data = join(folder, 'data')
  await checkData(data, tools) ?? await initialise(folder, data, tools)
  const password = await storedPassword(folder) ?? await changePassword(folder, data, tools)
  // The folder is the server's user's, who must not lead root elsewhere by a link.
  await writeFile(join(data, 'pg_hba.conf'), accessRules, {
    flag: constants.O_WRONLY | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0)
  })
  return password
}

/** @returns the release that wrote the data; undefined when there are none */
async function checkData (data: string, { programs, user }: ClusterTools): Promise<string | undefined> {
  const major = (await readFile(join(data, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    return undefined
  }))?.trim()
  if (major === undefined) {
    const names = await readdir(data).catch(() => [])
    if (names.length > 0) {
      throw new ServerFault(
        'folder',
        `${data} holds files that are not of Postgres: choose another folder, or remove them`
      )
    }
    return undefined
  }
  if (major !== programs.major) {
    throw new ServerFault(
      'folder',
      `the data in ${data} are of PostgreSQL ${major}, and this release runs ${programs.major}: ` +
        `choose another folder, forget the data with --reset, or start a PostgreSQL ${major} on them and name it ` +
        'with --database-url'
    )
  }
  const { uid } = await stat(data)
  const wanted = user?.uid ?? process.getuid?.() ?? uid
  if (uid !== wanted) {
    throw new ServerFault(
      'folder',
      `the data in ${data} belong to the user with the id ${uid}: run this as that user, or choose another folder`
    )
  }
  return major
}

/** A folder is there whole or not at all: what an interrupted start left is made anew. */
async function initialise (folder: string, data: string, tools: ClusterTools): Promise<void> {
  const fresh = join(folder, 'data.new')
  await rm(fresh, { recursive: true, force: true, maxRetries: 5 })
  await mkdir(fresh, { mode: 0o700 })
  if (tools.user !== undefined) await chown(fresh, tools.user.uid, tools.user.gid)
  try {
    await runInData(tools.programs.initdb, [
      `--pgdata=${dataFolderAsSeen(fresh, folder, tools.user)}`,
      `--username=${superuser}`,
      '--auth-local=trust',
      '--auth-host=scram-sha-256',
      // the built-in locale is the same on every machine; only letters beyond ASCII need it
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions'
    ], { ...tools, data: fresh })
    await rm(data, { recursive: true, force: true })
    await rename(fresh, data)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true, maxRetries: 5 })
    throw error
  }
  // of an earlier cluster
  await rm(join(folder, 'password'), { force: true })
}

/** By the server's program for one user, which asks for no password. Kept last: an interruption leads here again. */
async function changePassword (folder: string, data: string, tools: ClusterTools): Promise<string> {
  const password = randomBytes(24).toString('hex')
  const input = `alter role ${superuser} password '${password}'\n`
  await runInData(tools.programs.postgres, ['--single', '-D', dataFolderAsSeen(data, folder, tools.user), 'postgres'], {
    ...tools,
    data,
    input
  })
  const own = join(folder, 'password.new')
  await writeFile(own, password, { mode: 0o600 })
  await rename(own, join(folder, 'password'))
  return password
}

/**
 * Runs a program of Postgres in the data folder, in a process group of its own, so that a stop ends what it has started
 * too.
 */
async function runInData (
  program: string,
  args: string[],
  { data, user, signal, input = '' }: ClusterTools & { data: string, input?: string }
): Promise<void> {
  signal?.throwIfAborted()
  const child = spawn(program, args, {
    ...user,
    cwd: data,
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe']
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const stop = (): void => {
    killGroup(child.pid)
  }
  signal?.addEventListener('abort', stop)
  try {
    const [code] = await once(child, 'close') as [number | null]
    signal?.throwIfAborted()
    if (code !== 0) throw new ServerFault('server', `Postgres cannot prepare ${data}: ${reasonIn(output)}`)
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

function killGroup (pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // it has ended already
  }
}

/** What Postgres says went wrong: the last line that says so, else the last. */
export function reasonIn (output: string): string {
  const lines = output.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  const said = lines.findLast((line) => /\b(FATAL|PANIC|ERROR|error):/.test(line)) ?? lines.at(-1) ?? 'it says nothing'
  return said.replace(/^.*?\b(?:FATAL|PANIC|ERROR|error): +/, '')
}
