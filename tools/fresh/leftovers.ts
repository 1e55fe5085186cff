import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { Place } from './places.ts'

/** Kept below a home by npm, pnpm and Node: caches of theirs, not Dueline's. */
const cachesOfTools = ['.npm', '.cache', '.config/pnpm', '.local/share/pnpm', '.local/state/pnpm']

/** Kept in the folder for temporary files by what our tests use: testcontainers' lock, where there is Docker. */
const locks = /^testcontainers-node-.*\.lock$/

/** Processes that have `path` in their arguments, environment or working folder: id and arguments. Linux only. */
export function processesIn (path: string): string[] {
  if (!existsSync('/proc/self/environ')) return []
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      const [commandLine, environment] = ['cmdline', 'environ'].map((file) =>
        readFileSync(`/proc/${pid}/${file}`, 'utf8')
      ) as [string, string]
      const within = `${commandLine}\0${environment}\0${readlinkSync(`/proc/${pid}/cwd`)}`.includes(path)
      return within ? [`${pid} ${commandLine.replaceAll('\0', ' ').trim()}`] : []
    } catch {
      // It has ended, or is another user's.
      return []
    }
  })
}

/** What lies outside the clone and was not there before, by its path. */
export function filesOutside ({ temporary, home, user }: Place): string[] {
  const elsewhere = user === undefined
    ? []
    : [tmpdir(), '/var/tmp', '/dev/shm'].flatMap((folder) => filesOf(user.uid, folder))
  const passing = filesBelow(temporary).filter((file) => !locks.test(relative(temporary, file)))
  const atHome = filesBelow(home).filter((file) =>
    !cachesOfTools.some((cache) => relative(home, file).startsWith(cache))
  )
  return [...passing, ...atHome, ...elsewhere]
}

/** In the folder itself; what lies deeper is in a folder that lies in it. */
function filesOf (uid: number, folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).map((name) => join(folder, name)).filter((file) =>
    lstatSync(file, { throwIfNoEntry: false })?.uid === uid
  )
}

/** Secrets and mails that others may read, and passwords that were only needed for a moment. */
export function exposed ({ folder }: Place): string[] {
  const stack = join(folder, '.dueline', 'stack')
  const all = filesBelow(stack)
  const secrets = all.filter((file) =>
    /password|key|\.eml$|server\.json$|\.log$/.test(file) && !file.includes(join('postgres', 'data'))
  )
  const open = [stack, join(stack, 'mail'), ...secrets].filter((file) => (lstatSync(file).mode & 0o077) !== 0)
  const passing = all.filter((file) => /pg-password|password\.new/.test(file))
  return [...open.map((file) => `${file} is open to others`), ...passing.map((file) => `${file} was left`)]
}

export function filesBelow (folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
}
