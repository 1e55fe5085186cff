import { parseDuration, parseInstant } from '@dueline/business-time'
import type { Reminder } from '@dueline/contracts'
import type { Clock } from '../tenant-record.ts'
import { graceMicros, nameOf, repeated, type Looked } from './record.ts'

/** Each mark is said once per cycle, not before its time, and none that was reached is missing. */
export function markFaults (clock: Clock, { eventsOfClock, eventsOfAgreement }: Looked): string[] {
  const what = nameOf(clock)
  const own = eventsOfClock.get(clock.id) ?? []
  const withdrawn = own.filter(({ type }) => type === 'dueline.clock.breach-withdrawn.v1').length
  const marks = own.flatMap(({ data }) => 'mark' in data ? [{ data }] : [])
  const faults = withdrawn > 0
    ? []
    : repeated(marks, ({ data }) => `${data.mark.key} of cycle ${data.clock.cycle}`).map((key) =>
      `${what}: ${key} was said twice`
    )
  for (const { data } of marks) {
    if (parseInstant(data.firedAt) < parseInstant(data.mark.dueAt)) {
      faults.push(`${what}: ${data.mark.key} was said at ${data.firedAt}, before it was due at ${data.mark.dueAt}`)
    }
  }
  const agreement = eventsOfAgreement.get(clock.agreementId)?.[0]
  if (agreement === undefined) faults.push(`${what}: no event announces its agreement ${clock.agreementId}`)
  const reminders = agreement !== undefined && 'agreement' in agreement.data ? agreement.data.agreement.reminders : []
  const consumed = parseDuration(clock.consumed)
  for (const { key, threshold } of reminders.map((reminder) => markOf(reminder, parseDuration(clock.target)))) {
    const reached = threshold > 0 && consumed >= threshold + graceMicros
    if (reached && !marks.some(({ data }) => data.mark.key === key && data.clock.cycle === clock.cycle)) {
      faults.push(`${what}: ${key} was reached and never said`)
    }
  }
  return faults
}

function markOf (reminder: Reminder, target: number): { key: string, threshold: number } {
  if ('percent' in reminder) return { key: `percent:${reminder.percent}`, threshold: target * reminder.percent / 100 }
  if ('before' in reminder) {
    return { key: `before:${reminder.before}`, threshold: target - parseDuration(reminder.before) }
  }
  return { key: `after:${reminder.after}`, threshold: target + parseDuration(reminder.after) }
}
