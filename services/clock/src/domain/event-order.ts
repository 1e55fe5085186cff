import type { Change, ChangeType, Draft, StoredClock } from './diff.ts'
import { recordedOnlyOf, type MarkOfClock } from './recorded-only.ts'
import { byInstant } from './marks.ts'

/** Puts changes into the order in which a reader expects them, counts them, and says which mark people are told of. */
export function inEventOrder (
  drafts: readonly Draft[],
  next: ReadonlyMap<string, StoredClock>,
  over: boolean
): Change[] {
  const sequences = new Map<string, number>()
  const ordered = [...drafts].sort(byEventOrder)
  const marks: MarkOfClock[] = []
  for (const { clockId, mark } of ordered) if (mark !== null) marks.push({ mark, clock: next.get(clockId)! })
  const reasons = recordedOnlyOf(marks, over)
  let markCount = 0
  return ordered.map(({ type, clockId, time, mark, withdrawn }) => {
    const sequence = (sequences.get(clockId) ?? next.get(clockId)!.sequence) + 1
    sequences.set(clockId, sequence)
    const announced = mark === null ? null : { ...mark, recordedOnly: reasons[markCount++] ?? null }
    return { type, clockId, sequence, time, mark: announced, withdrawn }
  })
}

const act: Record<ChangeType, number> = {
  'breach-withdrawn': 0,
  started: 1,
  extended: 1,
  replanned: 1,
  resumed: 2,
  warned: 2,
  reminded: 2,
  breached: 2,
  overdue: 2,
  paused: 2,
  met: 3,
  cancelled: 3,
  waived: 3
}
const scene: Partial<Record<ChangeType, number>> = { resumed: -1, paused: 1 }

function byEventOrder (a: Draft, b: Draft): number {
  return act[a.type] - act[b.type] || a.time - b.time || (scene[a.type] ?? 0) - (scene[b.type] ?? 0) ||
    (a.mark !== null && b.mark !== null ? byInstant(a.mark, b.mark) : 0) || (a.clockId < b.clockId ? -1 : 1)
}
