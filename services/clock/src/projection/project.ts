import type { Micros } from '@dueline/business-time'
import { passTime } from '../domain/diff.ts'
import { noDifference, type Difference, type StoredClock } from '../domain/difference.ts'
import type { EventCause } from '../domain/events.ts'
import type { CalendarLookup, CalendarRef } from '../domain/open-time.ts'
import { isDone, type TicketCase } from '../domain/ticket-case.ts'
import type { NewAgreementVersion } from '../store/timeline-store.ts'
import { CaseFold, type StoredTimeline } from './case-fold.ts'
import type { TicketUpdate } from './updates.ts'

// What follows from what is stored: no statement, no clock, no chance in here.

/** An update that is stored. */
export interface ReceivedUpdate extends TicketUpdate {
  /** The ticket as it was kept before, and as it is now. */
  readonly before: TicketCase
  readonly known: TicketCase
  /** Those of its agreement versions whose calendar is not here. */
  readonly waiting: readonly NewAgreementVersion[]
}

/** What looking at one ticket's clocks came to. */
export interface ProjectionResult {
  readonly ticket: TicketCase
  readonly difference: Difference
  readonly cause: EventCause
  readonly historical: boolean
  /** It had no timer before. */
  readonly untimed: boolean
  /** Calendars that its agreements wait for. */
  readonly awaited: readonly CalendarRef[]
}

/** From when and for whom to look at tickets. */
export interface Moment {
  readonly now: Micros
  /** Marks reached before this instant fell due while nothing ran. */
  readonly catchUpBefore: Micros
  readonly newId: () => string
}

/** Facts of one portion: a tenth of a second of work, in which the rest of the service waits for nothing. */
export const portionMax = 500
/** How long to wait for the agreement of the newest version, which no event announces where it is the one before. */
const agreementWait: Micros = 2_000_000

/**
 * Whether a ticket's clocks are folded later: while its history is being imported, or when it is a long one that its
 * clocks have not come to the end of. A ticket's version counts its facts.
 */
export function isPutOff ({ known }: Pick<ReceivedUpdate, 'known'>): boolean {
  return known.importing || (known.unfolded && known.version > portionMax)
}

/** The clocks of a ticket after an update, of all that is stored. */
export function project (
  { known, cause, historical }: ReceivedUpdate,
  timeline: StoredTimeline,
  calendars: CalendarLookup,
  { now, ...moment }: Moment
): ProjectionResult {
  const fold = new CaseFold(timeline, calendars)
  fold.add(timeline.facts)
  return {
    ticket: afterFold(known, fold, false),
    difference: fold.look({ ...moment, asOf: now, over: isDone(known) }),
    cause,
    historical,
    untimed: timeline.clocks.length === 0,
    awaited: fold.awaiting
  }
}

/** The clocks of a ticket after a portion of a long history, of which more is `left` or not. */
export function projectPortion (
  ticket: TicketCase,
  fold: CaseFold,
  { lastFactId, left }: { readonly lastFactId: string | null, readonly left: boolean },
  { now, ...moment }: Moment
): ProjectionResult {
  const difference = fold.look({ ...moment, asOf: left ? null : now, over: isDone(ticket) })
  return {
    ticket: afterFold(ticket, fold, left),
    difference: left ? { ...difference, wakeAt: now } : difference,
    cause: { kind: 'fact', id: lastFactId },
    historical: true,
    untimed: true,
    // that its agreements wait was noted as they were stored
    awaited: []
  }
}

function afterFold (ticket: TicketCase, { awaiting, agreedVersion }: CaseFold, unfolded: boolean): TicketCase {
  return { ...ticket, unfolded, awaiting: awaiting.length > 0, agreedVersion }
}

/** What an update comes to whose ticket is folded later: it is stored. */
export function putOff (
  { before, known, agreementVersions, waiting, cause, historical }: ReceivedUpdate,
  now: Micros
): ProjectionResult {
  const counted = agreementVersions.filter((version) => !waiting.includes(version))
  const ticket = {
    ...known,
    unfolded: true,
    awaiting: known.awaiting || waiting.length > 0,
    agreedVersion: Math.max(known.agreedVersion, ...counted.map(({ ticketVersion }) => ticketVersion))
  }
  return {
    ticket,
    difference: { ...noDifference, wakeAt: known.importing ? null : foldAt(ticket, now) },
    cause,
    historical,
    untimed: before.version === 0 || (before.importing && before.unfolded),
    awaited: waiting.map(({ agreement }) => ({ id: agreement!.calendarId, version: agreement!.calendarVersion }))
  }
}

/** When to fold what was only stored: as soon as the agreement for the ticket as it is now is here. */
function foldAt ({ agreedVersion, agreementKeyVersion, summary }: TicketCase, now: Micros): Micros {
  const agreed = agreedVersion >= agreementKeyVersion || summary?.type === 'appreciation'
  return agreed ? now : now + agreementWait
}

/** The clocks of a ticket after time has passed; null when a pause by hand ends, for which its facts are needed. */
export function projectTime (
  ticket: TicketCase,
  clocks: readonly StoredClock[],
  { now, catchUpBefore }: Pick<Moment, 'now' | 'catchUpBefore'>
): ProjectionResult | null {
  const difference = passTime(clocks, now, catchUpBefore, isDone(ticket))
  if (difference === null) return null
  return { ticket, difference, cause: { kind: 'timer', id: null }, historical: false, untimed: false, awaited: [] }
}
