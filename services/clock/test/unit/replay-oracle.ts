import type { Micros } from '@dueline/business-time'
import type { AgreementVersion } from '../../src/domain/agreements.ts'
import { diff } from '../../src/domain/diff.ts'
import type { FiredMark, StoredClock } from '../../src/domain/difference.ts'
import type { StoredFact } from '../../src/domain/facts.ts'
import { fold } from '../../src/domain/fold.ts'
import type { Replayed, ReplayedChange, ReplayInput } from '../../src/domain/replay.ts'

/** What `replay` must come to, found the slow way: at every instant everything is folded from the beginning. */
export function replaySlowly ({ facts, agreementVersions, calendars, asOf, newId }: ReplayInput): Replayed {
  const newer = agreementVersions.filter(({ version }) => version > 1)
  const turns = [...facts.map(({ at }) => at), ...newer.map(({ madeAt }) => madeAt)].filter((at) => at <= asOf)
  const instants = [...new Set(turns), asOf].sort((a, b) => a - b)
  let clocks = new Map<string, StoredClock>()
  const fired: FiredMark[] = []
  const changes: ReplayedChange[] = []
  const step = (at: Micros): Micros | null => {
    const folded = fold({ ...known(facts, agreementVersions, at), calendars, asOf: at })
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
  const folded = fold({ ...known(facts, agreementVersions, asOf), calendars, asOf })
  return { folded, clocks: [...clocks.values()], fired, changes, changeCount: changes.length }
}

/** What had happened by an instant; the first agreement counts from the beginning. */
function known (facts: readonly StoredFact[], agreementVersions: readonly AgreementVersion[], at: Micros) {
  return {
    facts: facts.filter((fact) => fact.at <= at),
    agreementVersions: agreementVersions.filter(({ version, madeAt }) => version === 1 || madeAt <= at)
  }
}
