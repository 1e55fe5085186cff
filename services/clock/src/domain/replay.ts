import type { Micros } from '@dueline/business-time'
import type { Promised } from './agreements.ts'
import { diff, type Change, type FiredMark, type StoredClock } from './diff.ts'
import type { StoredFact } from './facts.ts'
import { fold, type Folded } from './fold.ts'
import type { CalendarLookup } from './open-time.ts'

export interface ReplayInput {
  readonly facts: readonly StoredFact[]
  readonly promises: readonly Promised[]
  readonly calendars: CalendarLookup
  readonly asOf: Micros
  readonly newId: () => string
}

/** An event of a replay, with the clock as it was then. */
export interface ReplayedChange extends Change {
  readonly clock: StoredClock
  readonly at: Micros
}

export interface Replayed {
  readonly folded: Folded
  readonly clocks: readonly StoredClock[]
  readonly fired: readonly FiredMark[]
  readonly changes: readonly ReplayedChange[]
}

/** Lives through a history as a service would that hears every fact, and looks at every mark, in its very instant. */
export function replay ({ facts, promises, calendars, asOf, newId }: ReplayInput): Replayed {
  const newer = promises.filter(({ version }) => version > 1)
  const instants = [...new Set([...facts.map(({ at }) => at), ...newer.map(({ madeAt }) => madeAt)].filter((at) => at <= asOf)), asOf].sort((a, b) => a - b)
  let clocks = new Map<string, StoredClock>()
  const fired: FiredMark[] = []
  const changes: ReplayedChange[] = []
  const step = (at: Micros): Micros | null => {
    const folded = fold({ ...known(facts, promises, at), calendars, asOf: at })
    const difference = diff({ stored: [...clocks.values()], fired, folded, catchUpBefore: -Infinity, newId })
    clocks = new Map([...clocks, ...difference.rows.map((row) => [row.id, row] as const)])
    fired.push(...difference.newMarks)
    changes.push(...difference.changes.map((change) => ({ ...change, clock: clocks.get(change.clockId)!, at })))
    return difference.wakeAt
  }
  let wakeAt: Micros | null = null
  for (const instant of instants) {
    while (wakeAt !== null && wakeAt < instant) wakeAt = step(wakeAt)
    wakeAt = step(instant)
  }
  return { folded: fold({ ...known(facts, promises, asOf), calendars, asOf }), clocks: [...clocks.values()], fired, changes }
}

/** What had happened by an instant; the first promise counts from the beginning. */
function known (facts: readonly StoredFact[], promises: readonly Promised[], at: Micros): { facts: StoredFact[], promises: Promised[] } {
  return { facts: facts.filter((fact) => fact.at <= at), promises: promises.filter(({ version, madeAt }) => version === 1 || madeAt <= at) }
}
