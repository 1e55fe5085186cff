import { performance } from 'node:perf_hooks'

/** Says how busy this process's event loop has been lately: 0 always waiting, 1 never. */
export type LoadMeter = () => number

/** Time over which the load is averaged: one slow pass is no load, and a burst is noticed within it. */
const averagedMs = 1_000

/** Measures from each question to the next and averages, newer measurements weighing more. */
export function createLoadMeter (): LoadMeter {
  let before = performance.eventLoopUtilization()
  let askedAtMs = performance.now()
  let load = 0
  return () => {
    const nowMs = performance.now()
    const now = performance.eventLoopUtilization()
    const weight = 1 - Math.exp((askedAtMs - nowMs) / averagedMs)
    load += weight * (performance.eventLoopUtilization(now, before).utilization - load)
    before = now
    askedAtMs = nowMs
    return load
  }
}
