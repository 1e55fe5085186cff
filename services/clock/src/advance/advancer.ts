import type { Micros } from '@dueline/business-time'
import { afterCommit, type Tx } from '@dueline/postgres'
import type { DueTimer } from '@dueline/timers'
import { passTime } from '../domain/diff.ts'
import type { CalendarRef } from '../domain/open-time.ts'
import { isDone, withSnapshots } from '../domain/ticket-case.ts'
import { holdCalendars, type TenantCalendars } from '../store/calendar-store.ts'
import { lockCases, readCases, type LockedCase } from '../store/case-store.ts'
import { readClocks, type ClockRecord } from '../store/clock-store.ts'
import { textOf, type TicketKey } from '../store/keys.ts'
import { addFacts, addPromises } from '../store/story-store.ts'
import { CaseFold } from './case-fold.ts'
import type { AdvancerDeps } from './deps.ts'
import { KeptFolds } from './kept-folds.ts'
import { nothingNew, type CaseNews } from './news.ts'
import { readStories, type ReadStory } from './read-stories.ts'
import { record, type Outcome } from './record.ts'

/**
 * The one way in which clocks change. Whatever the reason (facts, promises, a calendar, a command, time), the ticket's row
 * is locked, what is new is stored once, the clocks are folded again, and the difference goes to rows, marks, events and the
 * timer, all in the caller's transaction, with one statement per table for the whole batch.
 */
export class Advancer {
  readonly #deps: AdvancerDeps
  readonly #kept = new KeptFolds()

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
        outcomes.push({ ticket, difference, cause: { kind: 'timer', id: null }, historical: false, untimed: false, awaited: [] })
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
    const kept = this.#takeKept(news, cases)
    const stories = await readStories(tx, news.filter((one) => !kept.has(textOf(one))))
    const ongoing = news.flatMap((one) => (kept.get(textOf(one))?.clocks ?? [])
      .map(({ calendar }) => ({ tenantId: one.tenantId, calendar })))
    const calendars = await this.#deps.calendars.lookup(tx, [...ongoing, ...calendarsOf(stories)])
    const folds = new Map<string, CaseFold>()
    const outcomes = news.map((one): Outcome => {
      const key = textOf(one)
      const { writtenBy: _, ...before } = cases.get(key)!
      const known = withSnapshots(before, one.snapshots)
      // while a history is being imported, its last fact is the present
      const asOf = known.importing ? -Infinity : now
      const look = { asOf, over: isDone(known), catchUpBefore: catchUpBefore(key), newId: () => this.#deps.ids.next() }
      const goingOn = kept.get(key)
      const story = stories.get(key)
      const { fold, difference } = goingOn === undefined
        ? CaseFold.begin(story!, calendars(one.tenantId), look)
        : { fold: goingOn, difference: goingOn.goOn(look) }
      if (known.importing && fold.awaiting.length === 0) folds.set(key, fold)
      return {
        ticket: { ...known, awaiting: fold.awaiting.length > 0, promisedVersion: fold.promisedVersion },
        difference: known.importing ? { ...difference, wakeAt: null } : difference,
        cause: one.cause,
        historical: one.historical,
        // nothing is due of a history that is being imported
        untimed: story === undefined || story.clocks.length === 0,
        awaited: fold.awaiting
      }
    })
    const writtenBy = await record(tx, this.#deps, outcomes, calendars, now, 'all')
    // in the order of the changes: what a transaction keeps of a ticket it may take back itself
    afterCommit(tx, () => { for (const one of news) this.#kept.keep(textOf(one), writtenBy, folds.get(textOf(one))) })
  }

  /** The folds that can go on with the news; the others have to begin. */
  #takeKept (news: readonly CaseNews[], cases: ReadonlyMap<string, LockedCase>): Map<string, CaseFold> {
    const kept = new Map<string, CaseFold>()
    for (const { promises, facts, ...ticket } of news) {
      const key = textOf(ticket)
      const fold = this.#kept.take(key, cases.get(key)!.writtenBy)
      if (fold !== undefined && promises.length === 0 && fold.take(facts)) kept.set(key, fold)
    }
    return kept
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

function calendarsOf (stories: ReadonlyMap<string, ReadStory>): { tenantId: string, calendar: CalendarRef }[] {
  return [...stories.values()].flatMap(({ clocks, promises }) => [
    ...withCalendars(clocks),
    ...promises.flatMap(({ tenantId, terms }) => terms === null ? [] : [{ tenantId, calendar: terms.calendar }])
  ])
}
