import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { markOf, runs } from './processes.ts'

/** Writes into `users/` that this process uses the server of `folder`. */
export function enter (folder: string): void {
  mkdirSync(join(folder, 'users'), { recursive: true })
  writeFileSync(join(folder, 'users', String(process.pid)), markOf(process.pid))
}

export function withdraw (folder: string): void {
  rmSync(join(folder, 'users', String(process.pid)), { force: true })
}

/** The processes that use the server of `folder`; strikes off those that were killed. */
export function usersOf (folder: string): number[] {
  let names: string[]
  try {
    names = readdirSync(join(folder, 'users'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names.flatMap((name) => {
    const file = join(folder, 'users', name)
    if (runs(Number(name), readFileSync(file, 'utf8'))) return [Number(name)]
    rmSync(file, { force: true })
    return []
  })
}
