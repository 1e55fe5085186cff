import { readdirSync, readFileSync } from 'node:fs'

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
