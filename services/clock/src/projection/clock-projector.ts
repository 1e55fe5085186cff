import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { DueTimer } from '@dueline/timers'
import { readCases, type LockedCase } from '../store/case-store.ts'
import { readClocks } from '../store/clock-store.ts'
import { textOf } from '../store/keys.ts'
import type { ProjectorDeps } from './deps.ts'
import { persist } from './persist.ts'
import { Portions } from './portions.ts'
import { isPutOff, project, projectTime, putOff, type ProjectionResult } from './project.ts'
import { calendarsOf, readTimelines } from './read-timelines.ts'
import { storeUpdates } from './store-updates.ts'
import { nothingNew, type TicketUpdate } from './updates.ts'

/** By a ticket's `textOf`: marks reached before that instant fell due while nothing ran. */
type CatchUp = (key: string) => Micros

/**
 * The one way in which clocks change. Whatever the reason (facts, agreements, a calendar, a command, time), the
 * ticket's row is locked and what is new is stored once; all that is stored is read; the clocks are folded again; and
 * the difference goes to rows, marks, events and the timer. All of it in the caller's transaction, with one statement
 * per table for the whole batch.
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
    const catchUp: CatchUp = (key) => {
      const { catchUp, dueAt } = timers.get(key)!
      return catchUp ? Math.max(this.#deps.aliveSince, dueAt + 1) : -Infinity
    }
    const cases = await readCases(tx, due.map(({ tenantId, ownerId }) => ({ tenantId, ticketId: ownerId })))
    const folded = [...cases.values()].filter(({ unfolded }) => !unfolded)
    const unfolded = [...cases.values()].filter(({ unfolded, importing }) => unfolded && !importing)
    const refold = await this.#passTime(tx, folded, now, catchUp)
    await this.#refold(tx, refold.map((key) => nothingNew(key, { kind: 'timer', id: null })), now, catchUp)
    await this.#portions.fold(tx, unfolded, now)
  }

  /** Lets time pass for cases; answers those that have to be folded instead. */
  async #passTime (tx: Tx, cases: readonly LockedCase[], now: Micros, catchUp: CatchUp): Promise<LockedCase[]> {
    if (cases.length === 0) return []
    const clocks = await readClocks(tx, cases)
    const calendars = await this.#deps.calendars.lookup(tx, [...clocks.values()].flat())
    const results: ProjectionResult[] = []
    const refold: LockedCase[] = []
    for (const ticket of cases) {
      const key = textOf(ticket)
      const result = projectTime(ticket, clocks.get(key) ?? [], { now, catchUpBefore: catchUp(key) })
      if (result === null) refold.push(ticket)
      else results.push(result)
    }
    await persist(tx, this.#deps, results, calendars, now, 'marks')
    return refold
  }

  /** Stores what is new, reads everything, projects it and persists what has changed. */
  async #refold (tx: Tx, updates: readonly TicketUpdate[], now: Micros, catchUp: CatchUp): Promise<void> {
    if (updates.length === 0) return
    const received = await storeUpdates(tx, updates, this.#deps.calendars)
    const atOnce = received.filter((update) => !isPutOff(update))
    const timelines = await readTimelines(tx, atOnce)
    const calendars = await this.#deps.calendars.lookup(tx, calendarsOf(timelines))
    const newId = (): string => this.#deps.ids.next()
    const results = received.map((update) => {
      const key = textOf(update)
      const timeline = timelines.get(key)
      if (timeline === undefined) return putOff(update, now)
      return project(update, timeline, calendars(update.tenantId), { now, catchUpBefore: catchUp(key), newId })
    })
    await persist(tx, this.#deps, results, calendars, now, 'all')
  }
}
