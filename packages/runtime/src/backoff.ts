import type { Random } from './random.ts'
import { systemRandom } from './random.ts'

export interface Backoff {
  /** How long to wait, in whole milliseconds, before trying again after `attempt` failures in a row (1, 2, …). */
  nextMs(attempt: number): number
}

export interface BackoffOptions {
  initialMs: number
  maxMs: number
  /** Growth per attempt; 2 by default. */
  factor?: number
  /** Share of the wait that is drawn at random, 0…1; 0.2 by default, so that replicas do not knock together. */
  jitter?: number
  random?: Random
}

/** Exponential waits: `initialMs · factor^(attempt−1)`, at most `maxMs`, less a random share of up to `jitter`. */
export function backoff (
  { initialMs, maxMs, factor = 2, jitter = 0.2, random = systemRandom }: BackoffOptions
): Backoff {
  return {
    nextMs (attempt) {
      // The exponent is bounded: a loop may have failed for days.
      const full = Math.min(maxMs, initialMs * factor ** Math.min(Math.max(attempt, 1) - 1, 64))
      return Math.round(full * (1 - jitter * random.next()))
    }
  }
}
