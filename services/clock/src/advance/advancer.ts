import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { DueTimer } from '@dueline/timers'
import { diff, passTime } from '../domain/diff.ts'
import { fold } from '../domain/fold.ts'
import type { CalendarRef } from '../domain/open-time.ts'
import { isDone, withSnapshots, type TicketCase } from '../domain/ticket-case.ts'
import { holdCalendars, type TenantCalendars } from '../store/calendar-store.ts'
import { lockCases, readCases } from '../store/case-store.ts'
import { readClocks, readMarks, type ClockRecord } from '../store/clock-store.ts'
import { textOf, type TicketKey } from '../store/keys.ts'
import { addFacts, addPromises, readFacts, readPromises } from '../store/story-store.ts'
import type { AdvancerDeps } from './deps.ts'
import { nothingNew, type CaseNews } from './news.ts'
import { record, type Outcome } from './record.ts'

/**
 * The one way in which clocks change. Whatever the reason (facts, promises, a calendar, a command, time), the ticket's row
 * is locked, what is new is stored once, the clocks are folded again, and the difference goes to rows, marks, events and the
 * timer, all in the caller's transaction, with one statement per table for the whole batch.
 */
export class Advancer {
  readonly #deps: AdvancerDeps

  constructor (deps: AdvancerDeps) {
    this.#deps = deps
  }

  /** Takes in news, at most one per ticket. `now` is when it is told; facts may be older or (by a skewed clock) younger. */
  async advance (tx: Tx, news: readonly CaseNews[], now: Micros): Promise<void> {
    await this.#refold(tx, news, now, () => this.#deps.aliveSince)
  }

  /** Fires the due timers of cases, whose rows the timer engine has locked. Only where a pause by hand ended facts are read. */
  async fire (tx: Tx, due: readonly DueTimer[], now: Micros): Promise<void> {
    const timers = new Map(due.map((timer) => [`${timer.tenantId} ${timer.ownerId}`, timer]))
    const keys = due.map(({ tenantId, ownerId }) => ({ tenantId, ticketId: ownerId }))
    const cases = await readCases(tx, keys)
    const clocks = await readClocks(tx, keys)
    const calendars = await this.#deps.calendars.lookup(tx, withCalendars([...clocks.values()].flat()))
    const outcomes: Outcome[] = []
    const refold: TicketKey[] = []
    const catchUpBefore = (key: string): Micros => {
      const { catchUp, dueAt } = timers.get(key)!
      return catchUp ? Math.max(this.#deps.aliveSince, dueAt + 1) : -Infinity
    }
    for (const [key, ticket] of cases) {
      const difference = passTime(clocks.get(key) ?? [], now, catchUpBefore(key), isDone(ticket))
      if (difference === null) {
        refold.push(ticket)
      } else {
        outcomes.push({ ticket, difference, cause: { kind: 'timer', id: null }, historical: false, unclocked: false, awaited: [] })
      }
    }
    await record(tx, this.#deps, outcomes, calendars, now, 'marks')
    if (refold.length > 0) await this.#refold(tx, refold.map((key) => nothingNew(key, { kind: 'timer', id: null })), now, catchUpBefore)
  }

  /** `catchUpBefore` of a ticket (by `textOf`): marks reached before that instant fell due while nothing ran. */
  async #refold (tx: Tx, news: readonly CaseNews[], now: Micros, catchUpBefore: (key: string) => Micros): Promise<void> {
    if (news.length === 0) return
    await this.#holdMissingCalendars(tx, news)
    const cases = await lockCases(tx, news)
    await addFacts(tx, news.flatMap(({ tenantId, ticketId, facts }) => facts.map((fact) => ({ ...fact, tenantId, ticketId }))))
    await addPromises(tx, news.flatMap(({ promises }) => promises))
    const facts = await readFacts(tx, news)
    const promises = await readPromises(tx, news)
    const clocks = await readClocks(tx, news)
    const marks = await readMarks(tx, [...clocks.values()].flat())
    const calendars = await this.#deps.calendars.lookup(tx, [...withCalendars([...clocks.values()].flat()), ...calendarsOf([...promises.values()].flat())])
    const outcomes = news.map((one): Outcome => {
      const key = textOf(one)
      const stored = clocks.get(key) ?? []
      const made = promises.get(key) ?? []
      const lookup = calendars(one.tenantId)
      const known = withSnapshots(cases.get(key)!, one.snapshots)
      // while a history is being imported, its last fact is the present
      const folded = fold({ facts: facts.get(key) ?? [], promises: made, calendars: lookup, asOf: known.importing ? -Infinity : now })
      const fired = stored.flatMap(({ id }) => marks.get(id) ?? [])
      const difference = diff({
        stored, fired, folded: { ...folded, over: isDone(known) }, catchUpBefore: catchUpBefore(key), newId: () => this.#deps.ids.next()
      })
      const counted = made.filter(({ terms }) => terms === null || lookup(terms.calendar) !== undefined)
      const ticket: TicketCase = { ...known, awaiting: folded.awaiting.length > 0, promisedVersion: Math.max(0, ...counted.map(({ ticketVersion }) => ticketVersion)) }
      return { ticket, difference: known.importing ? { ...difference, wakeAt: null } : difference, cause: one.cause, historical: one.historical, unclocked: stored.length === 0, awaited: folded.awaiting }
    })
    await record(tx, this.#deps, outcomes, calendars, now, 'all')
  }

  /** Before any case is locked: a calendar that is on its way must not slip between "not here" and "I wait for it". */
  async #holdMissingCalendars (tx: Tx, news: readonly CaseNews[]): Promise<void> {
    const wanted = news.flatMap(({ tenantId, promises }) => promises.flatMap(({ agreement }) => agreement === null || agreement.calendarId === null
      ? []
      : [{ tenantId, id: agreement.calendarId, version: agreement.calendarVersion }]))
    if (wanted.length === 0) return
    const here: TenantCalendars = await this.#deps.calendars.lookup(tx, wanted.map(({ tenantId, ...calendar }) => ({ tenantId, calendar })))
    const missing = wanted.filter(({ tenantId, ...calendar }) => here(tenantId)(calendar) === undefined)
    if (missing.length > 0) await holdCalendars(tx, missing, 'awaiting')
  }
}

function withCalendars (clocks: readonly ClockRecord[]): { tenantId: string, calendar: CalendarRef }[] {
  return clocks.map(({ tenantId, calendar }) => ({ tenantId, calendar }))
}

function calendarsOf (promises: readonly { tenantId: string, terms: { calendar: CalendarRef } | null }[]): { tenantId: string, calendar: CalendarRef }[] {
  return promises.flatMap(({ tenantId, terms }) => terms === null ? [] : [{ tenantId, calendar: terms.calendar }])
}
