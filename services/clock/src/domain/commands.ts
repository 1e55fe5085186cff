import type { Micros } from '@dueline/business-time'
import { pauses, type Terms } from './agreements.ts'
import type { StoredClock } from './difference.ts'

export type CommandKind = 'clock_paused' | 'clock_resumed' | 'clock_extended' | 'clock_waived'

/**
 * Why a command does not go together with what its clock is doing at `now`; null when it does. Whoever folds the
 * command as a fact later does not ask again: there it has an effect on an open clock and none on another.
 */
export function refusalOf (command: CommandKind, clock: StoredClock, terms: Terms | null, now: Micros): string | null {
  if (clock.state !== 'running' && clock.state !== 'paused') return `the clock is ${clock.state}: it has stopped`
  const pausedByHand = clock.pausedFor.includes('manual') && clock.pauseEndsAt !== null && clock.pauseEndsAt > now
  if (command === 'clock_paused') {
    if (pausedByHand) return 'the clock is paused by hand already'
    if (terms !== null && !pauses(terms, clock.metric, 'manual')) {
      return `the agreement does not let a ${clock.metric} clock be paused by hand`
    }
  }
  if (command === 'clock_resumed' && !pausedByHand) return 'the clock is not paused by hand'
  return null
}
