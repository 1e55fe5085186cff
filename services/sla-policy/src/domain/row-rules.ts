import { formatDuration, parseDuration } from '@dueline/business-time'
import { metrics, type PauseRules, type Reminder, type Targets } from '@dueline/contracts'
import { conditionFaults } from './condition.ts'
import { builtInPauseRules, type PolicyRow } from './policy.ts'

/** One thing wrong with a document, at a JSON pointer from its root. */
export interface RowFault { pointer: string, message: string }

/** The part of a row that can be judged by itself, without asking the database. */
export type RowTerms = Pick<PolicyRow, 'targets' | 'reminders' | 'when' | 'validFrom' | 'validTo'>

/** Every fault of a row's own fields: at least one target, each longer than zero, usable reminders, a sound condition, a validity with an inside. */
export function rowFaults ({ targets, reminders, when, validFrom, validTo }: RowTerms): RowFault[] {
  const faults: RowFault[] = [...targetFaults(targets, '/targets')]
  reminders.forEach((reminder, index) => faults.push(...reminderFaults(reminder, `/reminders/${index}`)))
  const keys = reminders.map(reminderKey)
  keys.forEach((key, index) => {
    if (keys.indexOf(key) !== index) faults.push({ pointer: `/reminders/${index}`, message: 'stands twice in the list' })
  })
  if (when !== null) faults.push(...conditionFaults(when).map(({ pointer, message }) => ({ pointer: `/when${pointer}`, message })))
  if (validFrom !== null && validTo !== null && validTo <= validFrom) faults.push({ pointer: '/validTo', message: 'must be after validFrom' })
  return faults
}

/** Faults of targets at `pointer`: none at all, or one that is not longer than zero. */
export function targetFaults (targets: Targets, pointer: string): RowFault[] {
  const given = metrics.filter((metric) => targets[metric] !== undefined)
  if (given.length === 0) return [{ pointer, message: `must have at least one of ${metrics.join(', ')}` }]
  return given.flatMap((metric) => durationFaults(targets[metric]!, `${pointer}/${metric}`))
}

function reminderFaults (reminder: Reminder, pointer: string): RowFault[] {
  if ('before' in reminder) return durationFaults(reminder.before, `${pointer}/before`)
  if ('after' in reminder) return durationFaults(reminder.after, `${pointer}/after`)
  return []
}

/** Some eleven years. Well inside what instants and sums of durations can hold. */
const hoursMax = 100_000

function durationFaults (text: string, pointer: string): RowFault[] {
  const duration = durationOf(text)
  if (duration > 0 && duration <= hoursMax * 3_600_000_000) return []
  return [{ pointer, message: `must be longer than zero and at most ${hoursMax} hours` }]
}

/** Microseconds, infinite when they cannot be counted exactly. */
function durationOf (text: string): number {
  try {
    return parseDuration(text)
  } catch {
    return Infinity
  }
}

function reminderKey (reminder: Reminder): string {
  if ('percent' in reminder) return `percent:${reminder.percent}`
  return 'before' in reminder ? `before:${durationOf(reminder.before)}` : `after:${durationOf(reminder.after)}`
}

function canonicalDuration (text: string): string {
  return formatDuration(parseDuration(text))
}

/** Targets with each duration in its one canonical form, so that `PT60M` and `PT1H` compare equal later. */
export function canonicalTargets (targets: Targets): Targets {
  return Object.fromEntries(metrics.filter((metric) => targets[metric] !== undefined)
    .map((metric) => [metric, canonicalDuration(targets[metric]!)]))
}

/** Reminders with canonical durations; `urgent: false` is left out. */
export function canonicalReminders (reminders: readonly Reminder[]): Reminder[] {
  return reminders.map((reminder) => {
    const urgent = reminder.urgent === true ? { urgent: true } : {}
    if ('percent' in reminder) return { percent: reminder.percent, ...urgent }
    return 'before' in reminder ? { before: canonicalDuration(reminder.before), ...urgent } : { after: canonicalDuration(reminder.after), ...urgent }
  })
}

/** Pause rules for every metric: what is not said is the built-in rule; each reason once. */
export function completePauseRules (given: PauseRules): PauseRules {
  return Object.fromEntries(metrics.map((metric) => [metric, [...new Set(given[metric] ?? builtInPauseRules[metric])]]))
}
