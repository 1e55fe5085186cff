import type { Micros } from '@dueline/business-time'
import { age, compare, vanish, type Compared } from './compare.ts'
import {
  clockKeyOf,
  type Change,
  type DiffInput,
  type Difference,
  type FiredMark,
  type StoredClock
} from './difference.ts'
import { inEventOrder } from './event-order.ts'
import { RecordedMarks, roundOf } from './recorded-marks.ts'
import { sameRow } from './same-row.ts'
import { inSequence } from './sequence.ts'
import { earliest, wakeOf } from './wake.ts'

/** What separates the stored clocks of a ticket from the newly folded ones. */
export function diff (input: DiffInput): Difference {
  const { stored, folded } = input
  const recorded = new RecordedMarks(input.fired)
  const gone = new Map(stored.map((clock) => [clockKeyOf(clock), clock]))
  const compared = folded.clocks.map((clock) => {
    const before = gone.get(clockKeyOf(clock))
    gone.delete(clockKeyOf(clock))
    return compare(before, clock, recorded, input)
  })
  const vanished = [...gone.values()].map((clock) => vanish(clock, recorded, folded))
  return differenceOf(stored, [...compared, ...vanished], folded.over)
}

/**
 * The same, when only time has passed: from the stored plans alone, `over` as in `Folded`. Null when a pause by hand
 * has ended, for which the facts are needed.
 */
export function passTime (
  stored: readonly StoredClock[],
  now: Micros,
  catchUpBefore: Micros,
  over: boolean
): Difference | null {
  if (stored.some(({ pauseEndsAt }) => pauseEndsAt !== null && pauseEndsAt <= now)) return null
  const aged = stored.map((clock) => age(clock, now, catchUpBefore) ?? { row: clock, changes: [] })
  return differenceOf(stored, aged, over)
}

/** Orders and counts the changes of all clocks, and leaves out the rows that are stored as they are. */
function differenceOf (stored: readonly StoredClock[], compared: readonly Compared[], over: boolean): Difference {
  const next = new Map(compared.map(({ row }) => [row.id, row]))
  const changes = inSequence(inEventOrder(compared.flatMap(({ changes }) => changes)), next, over)
  const sequences = new Map(changes.map(({ clockId, sequence }) => [clockId, sequence]))
  const before = new Map(stored.map((clock) => [clock.id, clock]))
  const rows = [...next.values()].map((clock) => {
    const sequence = sequences.get(clock.id)
    return sequence === undefined ? clock : { ...clock, sequence }
  })
  return {
    rows: rows.filter((row) => !sameRow(before.get(row.id), row)),
    changes,
    newMarks: changes.flatMap((change) => recordOf(change, next)),
    wakeAt: earliest(rows.map(wakeOf))
  }
}

function recordOf ({ clockId, mark }: Change, clocks: ReadonlyMap<string, StoredClock>): FiredMark[] {
  if (mark === null) return []
  const { key, at, recordedOnly } = mark
  return [{ clockId, key, round: roundOf(key, clocks.get(clockId)!.withdrawals), at, recordedOnly }]
}
