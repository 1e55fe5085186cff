import type { Reminder, Targets } from './events/parts.ts'
import { durationOf } from './times.ts'
import { metrics } from './vocabulary.ts'

/** One thing wrong with what is to be agreed, at a JSON pointer. */
export interface TermsFault {
  readonly pointer: string
  readonly message: string
}

/** Some eleven years. Well inside what instants and sums of durations can hold. */
const hoursMax = 100_000

/** The longest target, reminder or extension, in microseconds. */
export const termsDurationMax = hoursMax * 3_600_000_000

/** Faults of targets at `pointer`: none at all, or one that is not longer than zero or is too long. */
export function targetFaults (targets: Targets, pointer: string): TermsFault[] {
  const given = metrics.filter((metric) => targets[metric] !== undefined)
  if (given.length === 0) return [{ pointer, message: `must have at least one of ${metrics.join(', ')}` }]
  return given.flatMap((metric) => durationFaults(targets[metric]!, `${pointer}/${metric}`))
}

/** Faults of a list of reminders at `pointer`: a duration that cannot be used, or two for one moment. */
export function reminderFaults (reminders: readonly Reminder[], pointer: string): TermsFault[] {
  const keys = reminders.map(keyOf)
  return reminders.flatMap((reminder, index) => {
    const own = `${pointer}/${index}`
    const faults = [
      ...'before' in reminder ? durationFaults(reminder.before, `${own}/before`) : [],
      ...'after' in reminder ? durationFaults(reminder.after, `${own}/after`) : []
    ]
    return keys.indexOf(keys[index]!) === index
      ? faults
      : [...faults, { pointer: own, message: 'stands twice in the list' }]
  })
}

/** The fault of a duration that is not longer than zero, or is longer than any target may be. */
export function durationFaults (text: string, pointer: string): TermsFault[] {
  const duration = durationOf(text)
  return duration > 0 && duration <= termsDurationMax
    ? []
    : [{ pointer, message: `must be longer than zero and at most ${hoursMax} hours` }]
}

function keyOf (reminder: Reminder): string {
  if ('percent' in reminder) return `percent:${reminder.percent}`
  return 'before' in reminder ? `before:${durationOf(reminder.before)}` : `after:${durationOf(reminder.after)}`
}
