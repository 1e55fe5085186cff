import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Stacks that nobody asks anything stay below this share of a processor. */
const restShare = 0.2
const restLookMs = 500
/** Whoever takes longer is measured as it is. */
const restPatienceMs = 30_000

/**
 * Seconds of CPU that processes have used. By the scheduler's own nanoseconds: ticks of 10 ms charge whoever happens to
 * run, which is wrong for what wakes briefly and often.
 */
export function cpuSeconds (pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum +
        readdirSync(`/proc/${pid}/task`).reduce(
          (own, task) => own + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e9,
          0
        )
    } catch {
      return sum
    }
  }, 0)
}

/** Memory of a process in mebibytes: `Pss` counts a page that n processes share as 1/n, `Rss` counts it in full. */
export function memoryMb (pid: number, measure: 'Pss' | 'Rss' = 'Pss'): number {
  try {
    return Number(
      new RegExp(`^${measure}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0
    ) / 1_024
  } catch {
    return 0
  }
}

/** Waits until processes have done what was left to do, at most 30 s. */
export async function atRest (pids: readonly number[]): Promise<void> {
  const endMs = performance.now() + restPatienceMs
  for (let share = 1; share > restShare && performance.now() < endMs;) {
    const before = cpuSeconds(pids)
    await pause(restLookMs)
    share = (cpuSeconds(pids) - before) * 1_000 / restLookMs
  }
}
