import { formatDuration, formatInstant, type Micros } from '@dueline/business-time'
import type { Metric } from '@dueline/contracts'
import type { FoldedClock } from './fold.ts'
import type { Segment } from './measure.ts'

/** What is known of the agreement behind a clock. */
export interface AgreementText {
  readonly rowName: string
  readonly policyVersion: number
}

const names: Record<Metric, string> = {
  first_response: 'first response',
  next_response: 'next response',
  periodic_update: 'update',
  resolution: 'resolution'
}

/** Most segments that an explanation tells of: the first half of them, and the last. */
export const segmentsMax = 200

/** The first and last segments of a clock, and how many lie between them. */
export function outlineOf (
  { segments }: Pick<FoldedClock, 'segments'>
): { first: readonly Segment[], left: number, last: readonly Segment[] } {
  const left = Math.max(0, segments.length - segmentsMax)
  return left === 0
    ? { first: segments, left, last: [] }
    : { first: segments.slice(0, segmentsMax / 2), left, last: segments.slice(-segmentsMax / 2) }
}

/** How a clock's deadline came to be, in sentences for people, at `asOf`. */
export function explain (
  clock: FoldedClock,
  agreement: AgreementText,
  calendarName: string | null,
  asOf: Micros
): string[] {
  const { first, left, last } = outlineOf(clock)
  const base = clock.target - clock.extended
  const consumed = consumedIn(clock)
  return [
    `The ${names[clock.metric]} is promised within ${formatDuration(base)} by "${agreement.rowName}" (${
      agreement.policyVersion === 0 ? 'built-in defaults' : `policy version ${agreement.policyVersion}`
    }).`,
    ...(clock.extended === 0
      ? []
      : [`${formatDuration(clock.extended)} was added by hand: the target is ${formatDuration(clock.target)}.`]),
    calendarName === null
      ? 'Time counts around the clock.'
      : `Time counts in the hours of "${calendarName}", version ${clock.calendar.version}.`,
    ...first.map((segment) => sentence(segment, asOf)),
    ...(left === 0 ? [] : [`Then came ${left} more spans, which the ledger has; their open time is counted below.`]),
    ...last.map((segment) => sentence(segment, asOf)),
    `Together ${formatDuration(consumed)} of ${formatDuration(clock.target)} ${
      consumed > clock.target
        ? `are used: ${formatDuration(consumed - clock.target)} too much`
        : `are used, ${formatDuration(clock.target - consumed)} are left`
    }.`,
    deadline(clock)
  ]
}

/** Open time that counts against the target: since the last restart. */
export function consumedIn ({ segments }: Pick<FoldedClock, 'segments'>): Micros {
  return segments.reduce((sum, segment) => segment.restart ? segment.consumed : sum + segment.consumed, 0)
}

function sentence (segment: Segment, asOf: Micros): string {
  const span = `From ${formatInstant(segment.from)} ${segment.to === null ? 'on' : `to ${formatInstant(segment.to)}`}`
  const cause = `(${segment.cause.what})`
  if (segment.state === 'running') {
    const restart = segment.restart ? ', counting from zero' : ''
    return `${span} it ran ${cause}${restart}: ${formatDuration(segment.consumed)} of open time${
      segment.to === null ? ` up to ${formatInstant(asOf)}` : ''
    }.`
  }
  if (segment.state === 'paused') {
    return `${span} it was paused for ${segment.reasons.join(' and ')} ${cause}: nothing counts.`
  }
  return `${span} it is ${segment.state} ${cause}.`
}

function deadline (clock: FoldedClock): string {
  const breached = clock.breachedAt === null ? '' : ` The target was missed at ${formatInstant(clock.breachedAt)}.`
  if (clock.state === 'paused') return `While it is paused there is no deadline.${breached}`
  if (clock.dueAt === null) return `The calendar is never open long enough: there is no deadline.${breached}`
  return `So the deadline ${clock.stoppedAt === null ? 'is' : 'was'} ${formatInstant(clock.dueAt)}.${breached}`
}
