import { formatDuration, parseDuration } from '@dueline/business-time'
import {
  conditionFaults,
  defaultPauseRules,
  metrics,
  reminderFaults,
  targetFaults,
  type PauseRules,
  type Reminder,
  type Targets,
  type TermsFault
} from '@dueline/contracts'
import type { PolicyRow } from './policy.ts'

/** The part of a row that can be judged by itself, without asking the database. */
export type RowTerms = Pick<PolicyRow, 'targets' | 'reminders' | 'when' | 'validFrom' | 'validTo'>

/**
 * Every fault of a row's own fields: at least one target, each longer than zero, usable reminders, a sound condition, a
 * validity with an inside.
 */
export function rowFaults ({ targets, reminders, when, validFrom, validTo }: RowTerms): TermsFault[] {
  const faults: TermsFault[] = [...targetFaults(targets, '/targets'), ...reminderFaults(reminders, '/reminders')]
  if (when !== null) {
    faults.push(...conditionFaults(when).map(({ pointer, message }) => ({ pointer: `/when${pointer}`, message })))
  }
  if (validFrom !== null && validTo !== null && validTo <= validFrom) {
    faults.push({ pointer: '/validTo', message: 'must be after validFrom' })
  }
  return faults
}

function canonicalDuration (text: string): string {
  return formatDuration(parseDuration(text))
}

/** Targets with each duration in its one canonical form, so that `PT60M` and `PT1H` compare equal later. */
export function canonicalTargets (targets: Targets): Targets {
  return Object.fromEntries(
    metrics.filter((metric) => targets[metric] !== undefined)
      .map((metric) => [metric, canonicalDuration(targets[metric]!)])
  )
}

/** Reminders with canonical durations; `urgent: false` is left out. */
export function canonicalReminders (reminders: readonly Reminder[]): Reminder[] {
  return reminders.map((reminder) => {
    const urgent = reminder.urgent === true ? { urgent: true } : {}
    if ('percent' in reminder) return { percent: reminder.percent, ...urgent }
    return 'before' in reminder
      ? { before: canonicalDuration(reminder.before), ...urgent }
      : { after: canonicalDuration(reminder.after), ...urgent }
  })
}

/** Pause rules for every metric: what is not said is the built-in rule; each reason once. */
export function completePauseRules (given: PauseRules): PauseRules {
  return Object.fromEntries(metrics.map((metric) => [metric, [...new Set(given[metric] ?? defaultPauseRules[metric])]]))
}
