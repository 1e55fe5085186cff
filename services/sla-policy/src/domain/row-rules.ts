import { formatDuration, parseDuration } from '@dueline/business-time'
import {
  conditionFaults,
  defaultPauseRules,
  existingInstant,
  instantFault,
  metrics,
  reminderFaults,
  targetFaults,
  type PauseRules,
  type Priority,
  type Reminder,
  type Severity,
  type Targets,
  type TermsFault
} from '@dueline/contracts'
import { builtInReminders, type PolicyRow } from './policy.ts'

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

/** A row as it starts out: active, for everybody, with the built-in reminders and pause rules. */
export const blankRow = {
  kind: 'sla',
  productId: null,
  moduleId: null,
  questionId: null,
  priority: null as Priority | null,
  severity: null as Severity | null,
  customerId: null,
  when: null,
  calendarId: null,
  reminders: builtInReminders,
  pauseRules: completePauseRules(defaultPauseRules as unknown as PauseRules),
  escalationPolicyId: null,
  reopen: 'continue',
  nextResponse: 'after_first',
  effect: 'retroactive',
  rank: 0,
  active: true,
  validFrom: null,
  validTo: null
} as const

/** What is to change of a row; instants are texts, as they come. */
export type RowChange = Partial<Omit<PolicyRow, 'validFrom' | 'validTo'>> & {
  readonly validFrom?: string | null,
  readonly validTo?: string | null
}

/** `before` with a change put over it, in stored form, and every fault of the row's own fields. */
export function mergeRow<Row extends PolicyRow> (
  before: Omit<Row, 'name' | 'targets'> & Partial<Row>,
  change: RowChange
): { row: Row, faults: TermsFault[] } {
  const faults: TermsFault[] = []
  const { validFrom, validTo, ...plain } = change
  const instantOf = (text: string | null, pointer: string): number | null => {
    const instant = text === null ? null : existingInstant(text)
    if (text !== null && instant === null) faults.push({ pointer, message: instantFault })
    return instant
  }
  const merged = {
    ...before,
    ...plain,
    ...(plain.name === undefined ? {} : { name: plain.name.trim() }),
    validFrom: validFrom === undefined ? before.validFrom : instantOf(validFrom, '/validFrom'),
    validTo: validTo === undefined ? before.validTo : instantOf(validTo, '/validTo')
  } as unknown as Row
  faults.push(...rowFaults(merged))
  if (faults.length > 0) return { row: merged, faults }
  const { targets, reminders, pauseRules } = merged
  return {
    row: {
      ...merged,
      targets: canonicalTargets(targets),
      reminders: canonicalReminders(reminders),
      pauseRules: completePauseRules(pauseRules)
    },
    faults
  }
}
