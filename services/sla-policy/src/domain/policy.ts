import {
  defaultPauseRules,
  type NextResponseRule,
  type PauseRules,
  type Condition,
  type PolicyEffect,
  type Priority,
  type AgreementKind,
  type Reminder,
  type ReopenRule,
  type Severity,
  type Targets
} from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'

/** What a row gives once it has won. */
export interface Terms {
  readonly targets: Targets
  /** null = open all the time. */
  readonly calendarId: string | null
  readonly reminders: readonly Reminder[]
  readonly pauseRules: PauseRules
  readonly escalationPolicyId: string | null
  readonly reopen: ReopenRule
  /** Left out (by an older release): after_first. */
  readonly nextResponse?: NextResponseRule
  /** How a change of the ticket that makes this row win applies to a clock that runs already. */
  readonly effect: PolicyEffect
}

/** One row of the SLA table as published: who it is for (null = anybody), and its terms. */
export interface PolicyRow extends Terms {
  readonly id: string
  readonly name: string
  readonly kind: AgreementKind
  readonly productId: string | null
  readonly moduleId: string | null
  readonly questionId: string | null
  readonly priority: Priority | null
  readonly severity: Severity | null
  readonly customerId: string | null
  readonly when: Condition | null
  /** Higher wins among rows of the same specificity. */
  readonly rank: number
  /** The row covers tickets created at or after this instant; null = no beginning. */
  readonly validFrom: Micros | null
  /** … and before this one; null = no end. */
  readonly validTo: Micros | null
}

/** A tenant's own fallback for one priority or severity. */
export interface DefaultTerms {
  readonly targets: Targets
  readonly calendarId: string | null
  /** Left out: the built-in ones. */
  readonly reminders?: readonly Reminder[]
}
/** That of the priority comes before that of the severity. */
export type TenantDefaults = { readonly [level in Priority | Severity]?: DefaultTerms }

/** What a published version holds; version 0 is the built-in defaults alone. */
export interface PolicyContent {
  readonly version: number
  readonly rows: readonly PolicyRow[]
  readonly defaults: TenantDefaults
}

/** Warn at three quarters of the time, urgently at nine tenths. */
export const builtInReminders: readonly Reminder[] = [{ percent: 75 }, { percent: 90, urgent: true }]

/** Response and resolution per priority when no row says otherwise; open all the time. */
export const builtInTargets: Readonly<Record<Priority, Targets>> = {
  P0: { first_response: 'PT30M', resolution: 'PT4H' },
  P1: { first_response: 'PT2H', resolution: 'PT24H' },
  P2: { first_response: 'PT8H', resolution: 'PT48H' },
  P3: { first_response: 'PT24H', resolution: 'PT72H' }
}

/** The terms that a fallback gets besides its targets and calendar. */
export function fallbackTerms ({ targets, calendarId, reminders = builtInReminders }: DefaultTerms): Terms {
  return {
    targets,
    calendarId,
    reminders,
    pauseRules: defaultPauseRules as unknown as PauseRules,
    escalationPolicyId: null,
    reopen: 'continue',
    nextResponse: 'after_first',
    effect: 'retroactive'
  }
}
