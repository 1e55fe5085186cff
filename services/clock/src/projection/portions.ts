import type { Micros } from '@dueline/business-time'
import { afterCommit, type Tx } from '@dueline/postgres'
import { noDifference } from '../domain/difference.ts'
import { inOrder, type StoredFact } from '../domain/facts.ts'
import type { LockedCase } from '../store/case-store.ts'
import { textOf } from '../store/keys.ts'
import { CaseFold } from './case-fold.ts'
import type { ProjectorDeps } from './deps.ts'
import { PartialFolds, type PartialFold } from './partial-folds.ts'
import { persist } from './persist.ts'
import { portionMax, projectPortion, type ProjectionResult } from './project.ts'
import { calendarsOf, readTimelines } from './read-timelines.ts'

/**
 * Folds long imported histories, whose facts are all stored, a portion of facts per transaction: so other tickets'
 * clocks, events and timers get their turn in between. Clocks are right after each portion, as of its last fact.
 */
export class Portions {
  readonly #deps: ProjectorDeps
  readonly #partialFolds = new PartialFolds()

  constructor (deps: ProjectorDeps) {
    this.#deps = deps
  }

  /** Folds a portion of the first case; the others come again. Their rows are locked. */
  async fold (tx: Tx, [first, ...others]: readonly LockedCase[], now: Micros): Promise<void> {
    if (first === undefined) return
    const { aliveSince, ids } = this.#deps
    const { fold, facts, left, calendars } = await this.#next(tx, first)
    const part = { lastFactId: facts.at(-1)?.id ?? null, left: left.length > 0 }
    const moment = { now, catchUpBefore: aliveSince, newId: () => ids.next() }
    const result = projectPortion(first, fold, part, moment)
    const waiting = others.map((ticket): ProjectionResult => (
      { ...result, ticket, difference: { ...noDifference, wakeAt: now } }
    ))
    const writtenBy = await persist(tx, this.#deps, [result, ...waiting], calendars, now, 'all')
    if (part.left) afterCommit(tx, () => this.#partialFolds.store(first, writtenBy, { fold, left, calendars }))
  }

  /**
   * The fold with the next portion taken in: as it was left, or begun. Where clocks are stored already everything is
   * one portion.
   */
  async #next (tx: Tx, ticket: LockedCase): Promise<PartialFold & { facts: readonly StoredFact[] }> {
    const stored = this.#partialFolds.remove(ticket)
    if (stored !== undefined) {
      const facts = stored.left.slice(0, portionMax)
      if (stored.fold.add(facts)) return { ...stored, facts, left: stored.left.slice(portionMax) }
    }
    const timelines = await readTimelines(tx, [ticket])
    const calendars = await this.#deps.calendars.lookup(tx, calendarsOf(timelines))
    const timeline = timelines.get(textOf(ticket))!
    const facts = inOrder(timeline.facts)
    const count = timeline.clocks.length > 0 ? facts.length : portionMax
    const fold = new CaseFold(timeline, calendars(ticket.tenantId))
    fold.add(facts.slice(0, count))
    return { fold, calendars, facts: facts.slice(0, count), left: facts.slice(count) }
  }
}
