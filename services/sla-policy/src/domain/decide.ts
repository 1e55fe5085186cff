import { promiseKinds, type PromiseKind } from '@dueline/contracts'
import type { Terms } from './policy.ts'
import type { Resolution } from './resolve.ts'

/** The newest word on one (ticket, kind). */
export interface Held {
  readonly kind: PromiseKind
  /** The last version used, by an agreement or by its withdrawal. */
  readonly version: number
  /** null when it was withdrawn. */
  readonly agreement: HeldAgreement | null
}
export interface HeldAgreement {
  readonly id: string
  readonly origin: Resolution['origin']
  readonly rowId: string | null
  readonly calendarVersion: number
  readonly terms: Terms
}

/** What has to be said about one (ticket, kind). */
export type Change =
  | { readonly type: 'made', readonly kind: PromiseKind, readonly version: number, readonly resolution: Resolution }
  | { readonly type: 'changed', readonly kind: PromiseKind, readonly version: number, readonly resolution: Resolution, readonly previousId: string }
  | { readonly type: 'withdrawn', readonly kind: PromiseKind, readonly version: number, readonly previousId: string }

/**
 * Compares what is promised with what should be. The row's identity counts besides its terms: which promise a ticket is
 * under is told even when another row promises the same. A row's `effect` alone is no difference.
 *
 * `newestCalendarVersion` is given when the comparison is to pick up a newer version of the same calendar (a policy
 * was published); without it the pinned version stays as long as the calendar does.
 */
export function decide (
  held: readonly Held[],
  resolved: (kind: PromiseKind) => Resolution | undefined,
  newestCalendarVersion?: (calendarId: string) => number
): Change[] {
  const changes: Change[] = []
  for (const kind of promiseKinds) {
    const before = held.find((one) => one.kind === kind)
    const resolution = resolved(kind)
    const version = (before?.version ?? 0) + 1
    const agreement = before?.agreement ?? null
    if (resolution === undefined) {
      if (agreement !== null) changes.push({ type: 'withdrawn', kind, version, previousId: agreement.id })
    } else if (agreement === null) {
      changes.push({ type: 'made', kind, version, resolution })
    } else if (differs(agreement, resolution, newestCalendarVersion)) {
      changes.push({ type: 'changed', kind, version, resolution, previousId: agreement.id })
    }
  }
  return changes
}

function differs (agreement: HeldAgreement, { origin, rowId, terms }: Resolution, newestCalendarVersion?: (calendarId: string) => number): boolean {
  if (agreement.origin !== origin || agreement.rowId !== rowId || !sameTerms(agreement.terms, terms)) return true
  return newestCalendarVersion !== undefined && terms.calendarId !== null && newestCalendarVersion(terms.calendarId) !== agreement.calendarVersion
}

/** Whether two terms promise the same. The order of keys does not matter, that of reminders and reasons does. */
export function sameTerms (a: Terms, b: Terms): boolean {
  return canonical(promised(a)) === canonical(promised(b))
}

function promised ({ targets, calendarId, reminders, pauseRules, ladderId, reopen, nextResponse = 'after_first' }: Terms): object {
  return { targets, calendarId, reminders, pauseRules, ladderId, reopen, nextResponse }
}

/** JSON with sorted keys: jsonb gives keys back in an order of its own. */
export function canonical (value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`
}
