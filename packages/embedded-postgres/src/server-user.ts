import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { ServerFault } from './fault.ts'

/** Who runs the server, as `spawn` takes it; undefined: whoever runs this. */
export interface ServerUser {
  uid: number
  gid: number
}

/**
 * Postgres refuses to run as root, so root's servers run as the system user `postgres`, which is made when there is
 * none.
 * @throws ServerFault when it cannot be made
 */
export function serverUser (): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  try {
    return idsOfPostgres()
  } catch {
    try {
      execFileSync('groupadd', ['--force', '--system', 'postgres'], { stdio: 'pipe' })
      execFileSync('useradd', [
        '--system',
        '--gid',
        'postgres',
        '--no-create-home',
        '--shell',
        '/bin/false',
        'postgres'
      ], { stdio: 'pipe' })
      return idsOfPostgres()
    } catch (error) {
      throw new ServerFault(
        'folder',
        'Postgres refuses to run as root, and there is no system user "postgres" and none could be made: ' +
          'make one, or run this as another user',
        { cause: error }
      )
    }
  }
}

function idsOfPostgres (): ServerUser {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * How the server names its data folder, which is the folder that it is started in. The user `postgres` may not get to
 * it by its path: a folder above may be closed to all but root, as `/root` is. On Linux `/proc/self/cwd` leads there
 * whatever lies above.
 * @throws ServerFault where there is no such way and the folder is out of reach
 */
export function dataFolderAsSeen (data: string, folder: string, user: ServerUser | undefined): string {
  if (user === undefined) return data
  if (existsSync('/proc/self/cwd')) return '/proc/self/cwd'
  chmodSync(folder, 0o711)
  try {
    execFileSync('/bin/sh', ['-c', 'cd "$1"', 'sh', data], { ...user, cwd: '/', stdio: 'pipe' })
    return data
  } catch (error) {
    throw new ServerFault(
      'folder',
      `the system user "postgres" cannot reach ${folder}: choose a folder that lies below none that is closed to ` +
        'it, or run this as another user',
      { cause: error }
    )
  }
}
