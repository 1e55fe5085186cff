import { readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Fields of `/proc/<pid>/stat` behind the name, which may hold anything. Undefined where there is no such process or no
 * `/proc`.
 */
function statOf (pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')
  } catch {
    return undefined
  }
}

/** Ids are reused; a process is known by its id and its mark: when it started. Empty where the system does not say. */
export function markOf (pid: number): string {
  return statOf(pid)?.[19] ?? ''
}

/** Whether the process of this id and mark runs. One that has ended and that nobody has waited for does not. */
export function runs (pid: number, mark = ''): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const [state, started] = [statOf(pid)?.[0], markOf(pid)]
  return state !== 'Z' && state !== 'X' && (mark === '' || started === '' || mark === started)
}

/** Where a process works; undefined where the system does not say. */
export function workingFolderOf (pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return undefined
  }
}

/** Whether it is a child of this process that has ended, and that Node has not waited for yet: others still see it. */
function isUnreaped (pid: number): boolean {
  const [state, parent] = statOf(pid) ?? []
  return state === 'Z' && Number(parent) === process.pid
}

/**
 * Waits for the end of a process; one that this process has started is then gone for everybody. Left as it is when this
 * process ends, it would stay until the system finds the time.
 * @returns whether the process has ended within `ms`
 */
export async function endsWithin (pid: number, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms && (runs(pid) || isUnreaped(pid)); waited += 20) await pause(20)
  return !runs(pid)
}
