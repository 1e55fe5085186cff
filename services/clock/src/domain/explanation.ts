import { describeDuration, type Micros } from '@dueline/business-time'
import { cleanLine, directionOf, isolated, type Language } from '@dueline/contracts'
import { explanationTexts, type ExplanationTexts } from './explanation-texts.ts'
import type { FoldedClock } from './fold.ts'
import type { MeasuredSegment } from './measure.ts'

/** What is known of the agreement behind a clock. */
export interface AgreementText {
  readonly rowName: string
  readonly policyVersion: number
}

/** Who reads: in which language, and in which IANA zone instants are shown. */
export interface Reader {
  readonly language: Language
  readonly timeZone: string
}

/** Longest name that is shown in full. */
const nameMax = 200

/** Most segments that an explanation describes: the first half of them, and the last. */
export const segmentsMax = 200

/** The first and last segments of a clock, and how many lie between them. */
export function outlineOf (
  { segments }: Pick<FoldedClock, 'segments'>
): { first: readonly MeasuredSegment[], left: number, last: readonly MeasuredSegment[] } {
  const left = Math.max(0, segments.length - segmentsMax)
  return left === 0
    ? { first: segments, left, last: [] }
    : { first: segments.slice(0, segmentsMax / 2), left, last: segments.slice(-segmentsMax / 2) }
}

/**
 * How a clock's deadline came to be, in sentences for the reader, at `asOf`. Instants are shown to the second, with
 * their zone. `agreement` and `calendarName` are null for who does not know the SLA table and the calendars by name.
 */
export function explain (
  clock: FoldedClock,
  agreement: AgreementText | null,
  calendarName: string | null,
  asOf: Micros,
  reader: Reader
): string[] {
  const words = explanationTexts[reader.language]
  const shown = showing(reader)
  const { first, left, last } = outlineOf(clock)
  const sentences = (segments: readonly MeasuredSegment[]): string[] =>
    segments.map((segment) => sentence(segment, asOf, words, shown))
  return [
    agreedLine(clock, agreement, words, shown),
    ...(clock.extended === 0
      ? []
      : [words.extended({ by: shown.duration(clock.extended), target: shown.duration(clock.target) })]),
    hoursLine(clock, calendarName, words, shown),
    ...sentences(first),
    ...(left === 0 ? [] : [words.left(shown.number(left))]),
    ...sentences(last),
    balance(clock, words, shown),
    deadline(clock, words, shown)
  ]
}

function agreedLine (
  { metric, target, extended }: FoldedClock,
  agreement: AgreementText | null,
  words: ExplanationTexts,
  shown: Shown
): string {
  const agreed = { metric: words.metrics[metric], within: shown.duration(target - extended) }
  if (agreement === null) return words.agreedWithin(agreed)
  const { rowName, policyVersion } = agreement
  const policy = policyVersion === 0 ? words.builtIn : words.policyVersion(shown.number(policyVersion))
  return words.agreed({ ...agreed, row: shown.name(rowName), policy })
}

function hoursLine (
  { calendar: { id, version } }: FoldedClock,
  calendarName: string | null,
  words: ExplanationTexts,
  shown: Shown
): string {
  if (id === null) return words.aroundTheClock
  return calendarName === null
    ? words.businessHours
    : words.hoursOf({ calendar: shown.name(calendarName), version: shown.number(version) })
}

/** How values are shown to a reader. */
type Shown = ReturnType<typeof showing>

function showing ({ language, timeZone }: Reader) {
  const instants = new Intl.DateTimeFormat(language, {
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short'
  })
  const numbers = new Intl.NumberFormat(language)
  const lists = new Intl.ListFormat(language, { type: 'conjunction' })
  return {
    instant: (at: Micros): string => instants.format(at / 1_000).replaceAll('\u202f', ' '),
    duration: (length: Micros): string => describeDuration(length, language),
    number: (count: number): string => numbers.format(count),
    list: (items: readonly string[]): string => lists.format(items),
    name: (name: string): string => isolated(cleanLine(name, nameMax), directionOf(language))
  }
}

/** Open time that counts against the target: since the last restart. */
export function consumedIn ({ segments }: Pick<FoldedClock, 'segments'>): Micros {
  return segments.reduce((sum, segment) => segment.restart ? segment.consumed : sum + segment.consumed, 0)
}

function sentence (segment: MeasuredSegment, asOf: Micros, words: ExplanationTexts, shown: Shown): string {
  const { from, to, state, reasons, restart, consumed } = segment
  const span = words.span({ from: shown.instant(from), to: to === null ? null : shown.instant(to) })
  const cause = words.causes[segment.cause.what]
  if (state === 'running') {
    const upTo = to === null ? shown.instant(asOf) : null
    return words.ran({ span, cause, restart, open: shown.duration(consumed), upTo })
  }
  if (state === 'paused') {
    return words.paused({ span, cause, reasons: shown.list(reasons.map((reason) => words.reasons[reason])) })
  }
  return words.stays({ span, cause, state: words.stopped[state] })
}

function balance (clock: FoldedClock, words: ExplanationTexts, shown: Shown): string {
  const consumed = consumedIn(clock)
  const both = { used: shown.duration(consumed), target: shown.duration(clock.target) }
  return consumed > clock.target
    ? words.tooMuch({ ...both, over: shown.duration(consumed - clock.target) })
    : words.within({ ...both, left: shown.duration(clock.target - consumed) })
}

function deadline (clock: FoldedClock, words: ExplanationTexts, shown: Shown): string {
  const said = clock.state === 'paused'
    ? words.pausedNow
    : clock.dueAt === null
    ? words.neverDue
    : words.due({ at: shown.instant(clock.dueAt), isOver: clock.stoppedAt !== null })
  return clock.breachedAt === null ? said : `${said} ${words.missed(shown.instant(clock.breachedAt))}`
}
