import { agreementKeyOf, type AgreementSubject } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'

/** One fact of a ticket, as far as it can decide an agreement. */
export interface DecidingFact {
  /** The ticket's version after it. */
  readonly version: number
  readonly at: Micros
  /** Imported past. */
  readonly historical: boolean
  /** Whether a publish can still reach the ticket. */
  readonly open: boolean
  readonly subject: AgreementSubject
}

/** Consecutive versions of a ticket, all of them received, between which nothing changed that decides an agreement. */
export interface Run {
  readonly from: number
  readonly to: number
  /** When version `from` came about, and whether in an imported past. */
  readonly at: Micros
  readonly historical: boolean
  readonly open: boolean
  readonly subject: AgreementSubject
}

/** All of a ticket's past that its agreements are computed from. */
export interface TicketHistory {
  /** By version, never empty. A gap between two is what has not arrived yet. */
  readonly runs: readonly Run[]
  /**
   * Policies and calendars are looked up as of this instant at the earliest: the creation, or when an import was
   * received of.
   */
  readonly pinnedAt: Micros
  /** The policy version that the history begins under. */
  readonly basePolicyVersion: number
  /** What was agreed for this ticket version under the base policy, and all before it, is final; 0: nothing is. */
  readonly finalVersion: number
}

type KnownTicket = Pick<DecidingFact, 'version' | 'open' | 'subject'> & { createdAt: Micros, policyVersion: number }

/**
 * The history of a ticket of which nothing is kept: it begins with what is known now, and all that was agreed before is
 * final.
 */
export function historyFrom (
  { version, createdAt, policyVersion, open, subject }: KnownTicket,
  now: Micros
): TicketHistory {
  const run: Run = { from: version, to: version, at: createdAt, historical: false, open, subject }
  return { runs: [run], pinnedAt: now, basePolicyVersion: policyVersion, finalVersion: version }
}

/**
 * The runs of all facts received so far. The same set of facts gives the same runs, in whatever order, grouping and
 * number they arrive. `known` itself is returned when the facts say nothing new about what decides an agreement: they
 * lie in a run, or continue the last one.
 */
export function withFacts (known: readonly Run[], facts: readonly DecidingFact[]): readonly Run[] {
  let last = known.at(-1)
  let changed = false
  const singles: Run[] = []
  for (const { version, ...fact } of [...facts].sort((a, b) => a.version - b.version)) {
    if (singles.at(-1)?.from === version || known.some(({ from, to }) => from <= version && version <= to)) continue
    const single = { ...fact, from: version, to: version }
    changed ||= last === undefined || !continues(last, single)
    if (last !== undefined && !changed) last = { ...last, to: version }
    singles.push(single)
  }
  return changed ? joined([...known, ...singles]) : known
}

/** Runs by version, those that continue each other made one, repeated versions dropped. */
function joined (runs: readonly Run[]): Run[] {
  const result: Run[] = []
  for (const run of [...runs].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last !== undefined && run.from <= last.to) continue
    if (last !== undefined && continues(last, run)) result[result.length - 1] = { ...last, to: run.to }
    else result.push(run)
  }
  return result
}

function continues (before: Run, after: Run): boolean {
  return after.from === before.to + 1 && after.open === before.open &&
    agreementKeyOf(after.subject) === agreementKeyOf(before.subject)
}
