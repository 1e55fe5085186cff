import type { Micros } from '@dueline/business-time'
import {
  agreementKeyOf,
  agreementKinds,
  type AgreementKind,
  type AgreementSubject,
  type PolicyEffect
} from '@dueline/contracts'
import type { Terms } from './policy.ts'
import type { Resolution } from './resolve.ts'
import { sameTerms } from './same-terms.ts'
import type { Run, TicketHistory } from './ticket-history.ts'

/**
 * What is agreed, pinned to the versions it was chosen from. `terms.effect` says how it applies to a running clock.
 */
export interface Agreed extends Pick<Resolution, 'origin' | 'rowId' | 'rowName'> {
  /** 0 without a calendar. */
  readonly calendarVersion: number
  readonly terms: Terms
}

/**
 * What holds of one kind from an instant on, until the next entry. Entries order by `ticketVersion`, then
 * `policyVersion`.
 */
export interface Entry {
  readonly kind: AgreementKind
  /** The version since which the ticket is as the agreement was chosen for. */
  readonly ticketVersion: number
  readonly policyVersion: number
  readonly madeAt: Micros
  /** Imported past; null where a publish called for it, which has no past of its own. */
  readonly historical: boolean | null
  /** null: there is no agreement. */
  readonly agreed: Agreed | null
}

/** A published policy version that reaches open tickets. */
export interface Publish {
  readonly version: number
  readonly effect: Exclude<PolicyEffect, 'new_tickets'>
  readonly at: Micros
}

/** What the agreements of one ticket depend on besides its history. */
export interface Policies {
  /** What a policy version gives the ticket when it is as `subject` says. */
  readonly resolve: (policyVersion: number, kind: AgreementKind, subject: AgreementSubject) => Resolution | undefined
  /** The version of a calendar that was the newest at an instant. */
  readonly calendarVersion: (calendarId: string, at: Micros) => number
}

export interface AgreementsInput {
  readonly history: TicketHistory
  readonly createdAt: Micros
  /** By version; those of the base policy version and before are passed over. */
  readonly publishes: readonly Publish[]
  /** The ticket's entries as they are stored, each kind's in order. */
  readonly stored: ReadonlyArray<Omit<Entry, 'historical'>>
  /** What they were computed from; null when from nothing that still counts. */
  readonly computedFrom: ComputedFrom | null
  readonly policies: Policies
}

/** The runs, and the newest policy version that the ticket was brought under. */
export interface ComputedFrom {
  readonly runs: readonly Run[]
  readonly policyVersion: number
}

export interface Agreements {
  /** In the order in which they hold; those that stay for certain are left out. */
  readonly entries: readonly Entry[]
  /** What stays for certain: all up to its final version and base policy version. */
  readonly unchanged: TicketHistory
  /** What is agreed at that point. */
  readonly held: ReadonlyMap<AgreementKind, Agreed>
  /** The policy version that the ticket is under in the end. */
  readonly policyVersion: number
  /** The same history, shortened when it has become long. */
  readonly history: TicketHistory
}

/**
 * A history is shortened when more than `max` occasions are in it; the newest `kept` of them stay open to late facts.
 */
export const occasionBounds = { max: 100, retained: 50 } as const

/** Something that may call for another agreement: a change of the ticket, or a publish. */
interface Occasion {
  readonly at: Micros
  /** The ticket as it is then. */
  readonly run: Run
  readonly publish: Publish | null
  /** Whether another agreement is looked for. */
  readonly calls: boolean
  /** Where in the order of entries it stands. */
  readonly ticketVersion: number
  readonly policyVersion: number
}

/**
 * All agreements of a ticket, past and present: a pure function of its history and of what was published. So it does
 * not matter how the facts arrived, and a late one shows by what differs. What came before the first difference is
 * taken as it is stored.
 *
 * The first agreement holds from the ticket's creation, a later one from the occasion that called for it. A publish
 * reaches the ticket if it is open at that instant, and says how its agreements apply; else the winning row says: where
 * its effect is `new_tickets`, a ticket that has an agreement of the kind keeps it.
 */
export function agreementsOf (
  { history, createdAt, publishes, stored, computedFrom, policies }: AgreementsInput
): Agreements {
  const occasions = occasionsOf(history, createdAt, publishes)
  const same = computedFrom === null ? 0 : sameOccasions(occasions, history, createdAt, publishes, computedFrom)
  const unchanged = same === 0 ? history : cutAt(history, occasions[same - 1]!)
  const held = finallyAgreed(stored, unchanged)
  const entries: Entry[] = []
  const now = new Map<AgreementKind, Agreed>(held)
  for (const { at, run, publish, calls, ticketVersion, policyVersion } of occasions.slice(same)) {
    if (!calls) continue
    const place = { ticketVersion, policyVersion, madeAt: at, historical: publish === null ? run.historical : null }
    for (const kind of agreementKinds) {
      const resolution = policies.resolve(policyVersion, kind, run.subject)
      const agreed = next(now.get(kind), resolution, publish, Math.max(at, history.pinnedAt), policies)
      if (agreed === undefined) continue
      entries.push({ kind, ...place, agreed })
      if (agreed === null) now.delete(kind)
      else now.set(kind, agreed)
    }
  }
  const long = occasions.length > occasionBounds.max
  return {
    entries,
    unchanged,
    held,
    policyVersion: occasions.at(-1)!.policyVersion,
    history: long ? cutAt(history, occasions[occasions.length - occasionBounds.retained]!) : history
  }
}

/** Whether an entry is final in a history: a late fact can no longer change it. */
export function isFinal (
  { ticketVersion, policyVersion }: Pick<Entry, 'ticketVersion' | 'policyVersion'>,
  { finalVersion, basePolicyVersion }: TicketHistory
): boolean {
  return ticketVersion < finalVersion || (ticketVersion === finalVersion && policyVersion <= basePolicyVersion)
}

/** What of a ticket's entries is final and holds where its history begins. */
function finallyAgreed (stored: AgreementsInput['stored'], history: TicketHistory): Map<AgreementKind, Agreed> {
  const agreed = new Map<AgreementKind, Agreed>()
  for (const entry of stored) {
    if (!isFinal(entry, history)) continue
    if (entry.agreed === null) agreed.delete(entry.kind)
    else agreed.set(entry.kind, entry.agreed)
  }
  return agreed
}

/**
 * Changes and publishes in order; none comes before one of an earlier version, whatever the clocks of their writers
 * said.
 */
function occasionsOf (
  { runs, basePolicyVersion, finalVersion }: TicketHistory,
  createdAt: Micros,
  publishes: readonly Publish[]
): Occasion[] {
  const waiting = publishes.filter(({ version }) => version > basePolicyVersion)
  const occasions: Occasion[] = []
  let at = createdAt
  let [run, ticketVersion, policyVersion] = [runs[0]!, runs[0]!.from, basePolicyVersion]
  const add = (publish: Publish | null, calls: boolean): void => {
    occasions.push({ at, run, publish, calls, ticketVersion, policyVersion })
  }
  const publishUntil = (instant: Micros): void => {
    while (waiting.length > 0 && waiting[0]!.at < instant) {
      const publish = waiting.shift()!
      at = Math.max(at, publish.at)
      if (run.open) policyVersion = publish.version
      add(publish, run.open)
    }
  }
  add(null, finalVersion === 0)
  for (const following of runs.slice(1)) {
    publishUntil(following.at)
    at = Math.max(at, following.at)
    const calls = agreementKeyOf(following.subject) !== agreementKeyOf(run.subject)
    if (calls) ticketVersion = following.from
    run = following
    add(null, calls)
  }
  publishUntil(Infinity)
  return occasions
}

/** How many occasions, from the first on, are those that the stored entries were computed from. */
function sameOccasions (
  occasions: readonly Occasion[],
  history: TicketHistory,
  createdAt: Micros,
  publishes: readonly Publish[],
  { runs, policyVersion }: ComputedFrom
): number {
  const before = occasionsOf(
    { ...history, runs },
    createdAt,
    publishes.filter(({ version }) => version <= policyVersion)
  )
  const differs = occasions.findIndex(
    (occasion, index) => before[index] === undefined || !sameOccasion(occasion, before[index])
  )
  return differs === -1 ? occasions.length : differs
}

function sameOccasion (a: Occasion, b: Occasion): boolean {
  return a.at === b.at && a.publish?.version === b.publish?.version &&
    a.run.from === b.run.from && a.run.open === b.run.open &&
    agreementKeyOf(a.run.subject) === agreementKeyOf(b.run.subject)
}

/** What an occasion makes of an agreement: undefined when it stays, null when no agreement holds any more. */
function next (
  held: Agreed | undefined,
  resolution: Resolution | undefined,
  publish: Publish | null,
  at: Micros,
  policies: Policies
): Agreed | null | undefined {
  if (resolution === undefined) return held === undefined ? undefined : null
  const { origin, rowId, rowName, terms } = resolution
  const calendarVersion = terms.calendarId === null ? 0 : policies.calendarVersion(terms.calendarId, at)
  const effect = publish?.effect ?? terms.effect
  if (held !== undefined) {
    if (effect === 'new_tickets') return undefined
    // only a publish picks up a newer version of the same calendar; which row won is announced even where both have
    // the same
    const same = held.origin === origin && held.rowId === rowId && sameTerms(held.terms, terms)
    if (same && (publish === null || held.calendarVersion === calendarVersion)) return undefined
  }
  return { origin, rowId, rowName, calendarVersion, terms: { ...terms, effect } }
}

/** The history from an occasion on: what was agreed then, and all before it, is final. */
function cutAt (history: TicketHistory, { run, ticketVersion, policyVersion }: Occasion): TicketHistory {
  const runs = history.runs.slice(history.runs.indexOf(run))
  // it begins with the version that its agreement was chosen for, so that what was final keeps its place
  runs[0] = { ...run, from: ticketVersion }
  return { ...history, runs, basePolicyVersion: policyVersion, finalVersion: ticketVersion }
}
