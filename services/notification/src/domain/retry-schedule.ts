import type { Micros } from '@dueline/business-time'

const second = 1_000_000
const minute = 60 * second
const hour = 60 * minute

/**
 * Waits before attempt 1, 2, …: the schedule that the Standard Webhooks specification recommends, 75.6 hours in all.
 */
export const webhookWaits: readonly Micros[] = [
  0,
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour
]

/** Mail servers retry for days by themselves; we only bridge the time our own server is away. */
export const mailWaits: readonly Micros[] = [0, 5 * second, 30 * second, 2 * minute, 10 * minute, hour, 6 * hour]

const longestWait = 24 * hour

/**
 * When to try again after `attempts` tries have failed, or null when the schedule is used up. Spread by ±20 % so
 * that what failed together does not come back together; a receiver's own `retryAfter` (duration) wins when longer,
 * up to 24 hours.
 * @param draw a number in [0, 1)
 */
export function nextAttemptAt (
  { waits, attempts, now, draw, retryAfter = 0 }: {
    waits: readonly Micros[],
    attempts: number,
    now: Micros,
    draw: number,
    retryAfter?: Micros
  }
): Micros | null {
  const wait = waits[attempts]
  if (wait === undefined) return null
  const spread = Math.round(wait * (0.8 + 0.4 * draw))
  return now + Math.max(spread, Math.min(retryAfter, longestWait))
}

/** An endpoint that has answered nothing good for this long is switched off. */
export const disableAfter: Micros = 120 * hour
