import type { Change, Draft, StoredClock } from './difference.ts'
import { recordedOnlyOf } from './recorded-only.ts'

/** Counts the events of each clock on, in the order given, and decides which mark people are notified of. */
export function inSequence (
  ordered: readonly Draft[],
  clocks: ReadonlyMap<string, StoredClock>,
  over: boolean
): Change[] {
  const marks = ordered.flatMap(({ clockId, mark }) => mark === null ? [] : [{ mark, clock: clocks.get(clockId)! }])
  const reasons = recordedOnlyOf(marks, over).values()
  const sequences = new Map<string, number>()
  return ordered.map(({ type, clockId, time, mark, withdrawn }) => {
    const sequence = (sequences.get(clockId) ?? clocks.get(clockId)!.sequence) + 1
    sequences.set(clockId, sequence)
    const announced = mark === null ? null : { ...mark, recordedOnly: reasons.next().value ?? null }
    return { type, clockId, sequence, time, mark: announced, withdrawn }
  })
}
