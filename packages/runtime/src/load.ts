import { performance, type EventLoopUtilization } from 'node:perf_hooks'

/** Says how busy this process's event loop has been lately: 0 always waiting, 1 never. */
export type LoadMeter = () => number

/** Time over which the load is averaged: one slow pass is no load, and a burst is noticed within it. */
const averagedMs = 1_000

/** What is measured: how long the loop has worked and waited since the process started. */
export type LoopTimes = () => Pick<EventLoopUtilization, 'active' | 'idle'>

/**
 * Measures from each question to the next and averages, newer measurements weighing more.
 * @param times in milliseconds; this process's own unless given
 */
export function createLoadMeter (times: LoopTimes = () => performance.eventLoopUtilization()): LoadMeter {
  let before = times()
  let load = 0
  return () => {
    const now = times()
    const activeMs = now.active - before.active
    const passedMs = activeMs + now.idle - before.idle
    before = now
    if (passedMs > 0) load += (1 - Math.exp(-passedMs / averagedMs)) * (activeMs / passedMs - load)
    return load
  }
}
