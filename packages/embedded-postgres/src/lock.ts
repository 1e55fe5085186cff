import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { ServerFault } from './fault.ts'
import { markOf, runs } from './processes.ts'

const everyMs = 50
/** A start that recovers after a crash may hold it for long. */
const waitMsMax = 120_000

/** Takes the lock file `path` unless somebody has it. It appears with its holder in it: nobody reads half of it. */
export function tryLock (path: string): boolean {
  const own = `${path}.${process.pid}`
  writeFileSync(own, `${process.pid} ${markOf(process.pid)}`, { mode: 0o600 })
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    rmSync(own, { force: true })
  }
}

/**
 * Takes the lock file `path`, also from a holder that has died.
 * @throws ServerFault when it stays taken; `signal`'s reason
 */
export async function acquireLock (path: string, signal?: AbortSignal): Promise<void> {
  for (let waitedMs = 0; !tryLock(path); waitedMs += everyMs) {
    const holder = holderOf(path)
    if (holder !== undefined && !runs(holder.pid, holder.mark)) breakLock(path, holder.text)
    if (waitedMs > waitMsMax) {
      throw new ServerFault(
        'server',
        `process ${holder?.pid} has ${path} for ${waitMsMax / 1_000} s: end it and try again`
      )
    }
    await pause(everyMs, undefined, { signal }).catch(() => {})
    signal?.throwIfAborted()
  }
}

export function releaseLock (path: string): void {
  rmSync(path, { force: true })
}

function holderOf (path: string): { text: string, pid: number, mark: string } | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    const [pid = '', mark = ''] = text.split(' ')
    return { text, pid: Number(pid), mark }
  } catch {
    return undefined
  }
}

/** Removes a dead holder's lock. Two may try at once: who has moved away another's by then puts it back. */
function breakLock (path: string, text: string): void {
  const aside = `${path}.stale.${process.pid}`
  try {
    renameSync(path, aside)
    if (readFileSync(aside, 'utf8') !== text) linkSync(aside, path)
  } catch {
    // another was faster
  }
  rmSync(aside, { force: true })
}
