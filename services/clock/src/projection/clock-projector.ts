import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { DueTimer } from '@dueline/timers'
import { passTime } from '../domain/diff.ts'
import { noDifference } from '../domain/difference.ts'
import type { CalendarRef } from '../domain/open-time.ts'
import { isDone, withSnapshots, type TicketCase } from '../domain/ticket-case.ts'
import { holdCalendars, type CalendarKey, type TenantCalendars } from '../store/calendar-store.ts'
import { lockCases, readCases } from '../store/case-store.ts'
import { readClocks, type ClockRecord } from '../store/clock-store.ts'
import { textOf, type TicketKey } from '../store/keys.ts'
import { addFacts, addAgreementVersions, type NewAgreementVersion } from '../store/timeline-store.ts'
import { CaseFold } from './case-fold.ts'
import type { ProjectorDeps } from './deps.ts'
import { nothingNew, type TicketUpdate } from './updates.ts'
import { foldAt, isLong, Portions } from './portions.ts'
import { calendarsOf, readTimelines } from './read-timelines.ts'
import { record, type ProjectionResult } from './record.ts'

/**
 * The one way in which clocks change. Whatever the reason (facts, promises, a calendar, a command, time), the ticket's
 * row is locked, what is new is stored once, the clocks are folded again, and the difference goes to rows, marks,
 * events and the timer, all in the caller's transaction, with one statement per table for the whole batch.
 */
export class ClockProjector {
  readonly #deps: ProjectorDeps
  readonly #portions: Portions

  constructor (deps: ProjectorDeps) {
    this.#deps = deps
    this.#portions = new Portions(deps)
  }

  /**
   * Takes in updates, at most one per ticket. `now` is when they come; facts may be older or (by a skewed clock)
   * younger.
   */
  async advance (tx: Tx, updates: readonly TicketUpdate[], now: Micros): Promise<void> {
    await this.#refold(tx, updates, now, () => this.#deps.aliveSince)
  }

  /**
   * Fires the due timers of cases, whose rows the timer engine has locked. Only where a pause by hand ended facts are
   * read.
   */
  async fire (tx: Tx, due: readonly DueTimer[], now: Micros): Promise<void> {
    const timers = new Map(due.map((timer) => [`${timer.tenantId} ${timer.ownerId}`, timer]))
    const cases = await readCases(tx, due.map(({ tenantId, ownerId }) => ({ tenantId, ticketId: ownerId })))
    const [folded, unfolded] = [
      [...cases.values()].filter((ticket) => !ticket.unfolded),
      [...cases.values()].filter((ticket) => ticket.unfolded)
    ]
    const clocks = await readClocks(tx, folded)
    const calendars = await this.#deps.calendars.lookup(tx, withCalendars([...clocks.values()].flat()))
    const results: ProjectionResult[] = []
    const refold: TicketKey[] = []
    const catchUpBefore = (key: string): Micros => {
      const { catchUp, dueAt } = timers.get(key)!
      return catchUp ? Math.max(this.#deps.aliveSince, dueAt + 1) : -Infinity
    }
    for (const { writtenBy: _, ...ticket } of folded) {
      const key = textOf(ticket)
      const difference = passTime(clocks.get(key) ?? [], now, catchUpBefore(key), isDone(ticket))
      if (difference === null) {
        refold.push(ticket)
      } else {
        results.push({
          ticket,
          difference,
          cause: { kind: 'timer', id: null },
          historical: false,
          untimed: false,
          awaited: []
        })
      }
    }
    await record(tx, this.#deps, results, calendars, now, 'marks')
    if (refold.length > 0) {
      await this.#refold(
        tx,
        refold.map((key) => nothingNew(key, { kind: 'timer', id: null })),
        now,
        catchUpBefore
      )
    }
    await this.#portions.fold(tx, unfolded.filter(({ importing }) => !importing), now)
  }

  /** `catchUpBefore` of a ticket (by `textOf`): marks reached before that instant fell due while nothing ran. */
  async #refold (
    tx: Tx,
    updates: readonly TicketUpdate[],
    now: Micros,
    catchUpBefore: (key: string) => Micros
  ): Promise<void> {
    if (updates.length === 0) return
    const missing = await this.#holdMissingCalendars(tx, updates)
    const cases = await lockCases(tx, updates)
    await addFacts(
      tx,
      updates.flatMap(({ tenantId, ticketId, facts }) => facts.map((fact) => ({ ...fact, tenantId, ticketId })))
    )
    await addAgreementVersions(tx, updates.flatMap(({ agreementVersions }) => agreementVersions))
    const received = updates.map((one) => {
      const { writtenBy: _, ...before } = cases.get(textOf(one))!
      return { ...one, before, known: withSnapshots(before, one.snapshots) }
    })
    const later = received.filter(({ known }) => known.importing || (known.unfolded && isLong(known)))
    const atOnce = received.filter((one) => !later.includes(one))
    const timelines = await readTimelines(tx, atOnce)
    const calendars = await this.#deps.calendars.lookup(tx, calendarsOf(timelines))
    const folded = atOnce.map(({ known, cause, historical, ...one }): ProjectionResult => {
      const key = textOf(one)
      const timeline = timelines.get(key)!
      const fold = new CaseFold(timeline, calendars(one.tenantId))
      fold.take(timeline.facts)
      return {
        ticket: {
          ...known,
          unfolded: false,
          awaiting: fold.awaiting.length > 0,
          agreedVersion: fold.agreedVersion
        },
        difference: fold.look({
          asOf: now,
          over: isDone(known),
          catchUpBefore: catchUpBefore(key),
          newId: () => this.#deps.ids.next()
        }),
        cause,
        historical,
        untimed: timeline.clocks.length === 0,
        awaited: fold.awaiting
      }
    })
    await record(
      tx,
      this.#deps,
      [...folded, ...later.map((one) => storedOnly(one, missing, now))],
      calendars,
      now,
      'all'
    )
  }

  /**
   * Before any case is locked: a calendar that is on its way must not slip between "not here" and "I wait for it".
   * Answers which of the updates' calendars are not here.
   */
  async #holdMissingCalendars (tx: Tx, updates: readonly TicketUpdate[]): Promise<CalendarKey[]> {
    const wanted = updates.flatMap(({ tenantId, agreementVersions }) =>
      agreementVersions.flatMap(({ agreement }) =>
        agreement === null || agreement.calendarId === null
          ? []
          : [{ tenantId, id: agreement.calendarId, version: agreement.calendarVersion }]
      )
    )
    if (wanted.length === 0) return []
    const here: TenantCalendars = await this.#deps.calendars.lookup(
      tx,
      wanted.map(({ tenantId, ...calendar }) => ({ tenantId, calendar }))
    )
    const missing = wanted.filter(({ tenantId, ...calendar }) => here(tenantId)(calendar) === undefined)
    if (missing.length > 0) await holdCalendars(tx, missing, 'awaiting')
    return missing
  }
}

function withCalendars (clocks: readonly ClockRecord[]): { tenantId: string, calendar: CalendarRef }[] {
  return clocks.map(({ tenantId, calendar }) => ({ tenantId, calendar }))
}

/**
 * What is stored and not folded yet: of a history that is being imported, or a long one that its clocks have not come
 * to the end of.
 */
function storedOnly (
  { before, known, agreementVersions, cause, historical }: TicketUpdate & { before: TicketCase, known: TicketCase },
  missing: readonly CalendarKey[],
  now: Micros
): ProjectionResult {
  const waits = ({ agreement, tenantId }: NewAgreementVersion): boolean =>
    missing.some((calendar) =>
      calendar.tenantId === tenantId &&
      calendar.id === agreement?.calendarId && calendar.version === agreement.calendarVersion
    )
  const awaited = agreementVersions.filter(waits).map(({ agreement }) => ({
    id: agreement!.calendarId,
    version: agreement!.calendarVersion
  }))
  const counted = agreementVersions.filter((agreementVersion) => !waits(agreementVersion)).map(({ ticketVersion }) =>
    ticketVersion
  )
  const ticket = {
    ...known,
    unfolded: true,
    awaiting: known.awaiting || awaited.length > 0,
    agreedVersion: Math.max(known.agreedVersion, ...counted)
  }
  return {
    ticket,
    difference: { ...noDifference, wakeAt: known.importing ? null : foldAt(ticket, now) },
    cause,
    historical,
    untimed: before.version === 0 || (before.importing && before.unfolded),
    awaited
  }
}
