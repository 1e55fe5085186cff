import type { Micros } from '@dueline/business-time'
import {
  defaultPauseRules,
  type Metric,
  type NextResponseRule,
  type PauseReason,
  type PolicyEffect,
  type AgreementKind,
  type ReopenRule
} from '@dueline/contracts'
import type { CalendarLookup, CalendarRef } from './open-time.ts'

/** A moment relative to the target, in microseconds of open time. */
export type MarkRule =
  | { readonly percent: number, readonly urgent: boolean }
  | { readonly before: Micros, readonly urgent: boolean }
  | { readonly after: Micros, readonly urgent: boolean }

/** What was agreed: everything of an agreement that a clock depends on. */
export interface Terms {
  readonly agreementId: string
  readonly policyVersion: number
  readonly calendar: CalendarRef
  readonly targets: Partial<Record<Metric, Micros>>
  readonly pauseRules: Partial<Record<Metric, readonly PauseReason[]>>
  readonly marks: readonly MarkRule[]
  readonly reopen: ReopenRule
  readonly nextResponse: NextResponseRule
  readonly escalationPolicyId: string | null
}

/** One agreement of a kind for one ticket; `terms` null says that none holds from `madeAt` on. */
export interface AgreementVersion {
  readonly kind: AgreementKind
  /** Counts what was announced of this ticket and kind. What holds when goes by the two versions below. */
  readonly version: number
  /** The ticket version that it was chosen for. */
  readonly ticketVersion: number
  /** The policy version that it comes from; null for a withdrawal that does not say. */
  readonly policyVersion: number | null
  /** Versions of this ticket and kind that no longer count. */
  readonly supersedes: readonly number[]
  readonly madeAt: Micros
  readonly effect: PolicyEffect
  readonly terms: Terms | null
}

/** From `from` on (until the next period) these terms hold; null: there is no agreement. */
export interface Period {
  readonly from: Micros
  readonly terms: Terms | null
}

const pausedByDefault: Record<Metric, readonly PauseReason[]> = defaultPauseRules

/**
 * Whether `reason` holds the metric's clock under these terms. A periodic update is never owed to a customer who is
 * asked.
 */
export function pauses (terms: Terms, metric: Metric, reason: PauseReason): boolean {
  if (metric === 'periodic_update' && reason === 'waiting_on_customer') return true
  return (terms.pauseRules[metric] ?? pausedByDefault[metric]).includes(reason)
}

/** The agreements that count: those that no other one supersedes, whichever of the two was received first. */
export function standing<P extends AgreementVersion> (agreementVersions: readonly P[]): P[] {
  const keyOf = (kind: AgreementKind, version: number): string => `${kind} ${version}`
  const gone = new Set(
    agreementVersions.flatMap(({ kind, supersedes }) => supersedes.map((version) => keyOf(kind, version)))
  )
  return agreementVersions.filter(({ kind, version }) => !gone.has(keyOf(kind, version)))
}

/**
 * The order in which agreements of a kind hold: a late fact can bring one that belongs between two that were
 * announced before.
 */
function byPlace (a: AgreementVersion, b: AgreementVersion): number {
  const byPolicy = a.policyVersion === null || b.policyVersion === null ? 0 : a.policyVersion - b.policyVersion
  return a.ticketVersion - b.ticketVersion || byPolicy || a.version - b.version
}

/** The kinds that have any agreement, in a fixed order. */
export function kindsOf (agreementVersions: readonly AgreementVersion[]): AgreementKind[] {
  return [...new Set(agreementVersions.map((agreed) => agreed.kind))].sort()
}

/** Calendars that are named by an agreement and have not arrived: those agreements do not count yet. */
export function missingCalendars (
  agreementVersions: readonly AgreementVersion[],
  calendars: CalendarLookup
): CalendarRef[] {
  const missing = new Map<string, CalendarRef>()
  for (const { terms } of agreementVersions) {
    if (terms !== null && calendars(terms.calendar) === undefined) {
      missing.set(`${terms.calendar.id} ${terms.calendar.version}`, terms.calendar)
    }
  }
  return [...missing.values()]
}

/**
 * Which terms held when, for one kind and agreements that count (`standing`): each rules over the whole history, as
 * `retroactive` says, or leaves what held before it as it was up to its `madeAt`. A withdrawal of nothing is nothing.
 * Periods ascend, the first is from the beginning of time.
 */
export function periodsOf (
  kind: AgreementKind,
  agreementVersions: readonly AgreementVersion[],
  calendars: CalendarLookup
): Period[] {
  const ordered = agreementVersions
    .filter((agreed) => agreed.kind === kind)
    .filter(({ terms }) => terms === null || calendars(terms.calendar) !== undefined)
    .sort(byPlace)
  let periods: Period[] = []
  for (const { madeAt, effect, terms } of ordered) {
    if (periods.length === 0) periods = terms === null ? [] : [{ from: -Infinity, terms }]
    else if (terms !== null && effect === 'retroactive') periods = [{ from: -Infinity, terms }]
    else periods = [...periods.filter((period) => period.from < madeAt), { from: madeAt, terms }]
  }
  return periods
}

/** From `from` on, the target of one metric, and by which terms its cycles are made. */
export interface MetricPeriod extends Period {
  /** The newest terms that were agreed by then, whatever later ones say of the past. */
  readonly rules: Terms | null
}

/**
 * The periods of one metric, of the agreements of one kind. Terms without a target for it end its clock from their
 * `madeAt` on, whatever their effect: what was used and missed until then happened. So do rules that make cycles
 * (reopening, next responses): they count for what comes after them, so that a later agreement changes a cycle's
 * figures and never whether there was one.
 */
export function metricPeriodsOf (
  kind: AgreementKind,
  metric: Metric,
  agreementVersions: readonly AgreementVersion[],
  calendars: CalendarLookup
): MetricPeriod[] {
  if (agreementVersions.length === 1) {
    return periodsOf(kind, agreementVersions, calendars).map(({ from, terms }) => ({ from, terms, rules: terms }))
  }
  const fromNow = (agreed: AgreementVersion): AgreementVersion => ({ ...agreed, effect: 'from_now' })
  const figures = periodsOf(
    kind,
    agreementVersions.map((one) => one.terms?.targets[metric] === undefined ? fromNow(one) : one),
    calendars
  )
  const rules = periodsOf(kind, agreementVersions.map(fromNow), calendars)
  const turns = [...new Set([...figures, ...rules].map(({ from }) => from))].sort((a, b) => a < b ? -1 : 1)
  return turns.map((from) => ({ from, terms: termsAt(figures, from), rules: termsAt(rules, from) }))
}

function termsAt (periods: readonly Period[], at: Micros): Terms | null {
  return periods.findLast(({ from }) => from <= at)?.terms ?? null
}
