import type { ChangeType, Draft } from './difference.ts'
import { byInstant } from './marks.ts'

/** Puts changes into the order in which a reader expects them. */
export function inEventOrder (drafts: readonly Draft[]): Draft[] {
  return [...drafts].sort(byEventOrder)
}

const rank: Record<ChangeType, number> = {
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
const pauseRank: Partial<Record<ChangeType, number>> = { resumed: -1, paused: 1 }

function byEventOrder (a: Draft, b: Draft): number {
  return rank[a.type] - rank[b.type] || a.time - b.time || (pauseRank[a.type] ?? 0) - (pauseRank[b.type] ?? 0) ||
    (a.mark !== null && b.mark !== null ? byInstant(a.mark, b.mark) : 0) || (a.clockId < b.clockId ? -1 : 1)
}
