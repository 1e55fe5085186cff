import type { Micros } from '@dueline/business-time'
import { afterCommit, type Tx } from '@dueline/postgres'
import { noDifference } from '../domain/difference.ts'
import { inOrder, type StoredFact } from '../domain/facts.ts'
import { isDone, type TicketCase } from '../domain/ticket-case.ts'
import type { LockedCase } from '../store/case-store.ts'
import { textOf } from '../store/keys.ts'
import { CaseFold } from './case-fold.ts'
import type { ProjectorDeps } from './deps.ts'
import { KeptFolds, type PartialFold } from './kept-folds.ts'
import { calendarsOf, readTimelines } from './read-timelines.ts'
import { record, type ProjectionResult } from './record.ts'

/** Facts of one portion: a tenth of a second of work, in which the rest of the service waits for nothing. */
export const portionMax = 500
/** How long to wait for the promise of the newest version, which nobody tells of where it is the one before. */
const agreementWait: Micros = 2_000_000

/** Whether the facts of a ticket are more than one portion; a ticket's version counts its facts. */
export function isLong ({ version }: TicketCase): boolean {
  return version > portionMax
}

/** When to fold what was only stored: as soon as the promise for the ticket as it is now is here. */
export function foldAt ({ agreedVersion, agreementKeyVersion, summary }: TicketCase, now: Micros): Micros {
  const agreed = agreedVersion >= agreementKeyVersion || summary?.type === 'appreciation'
  return agreed ? now : now + agreementWait
}

/**
 * Folds long imported histories, whose facts are all stored, a portion of facts per transaction: so other tickets'
 * clocks, events and timers get their turn in between. Clocks are right after each portion, as of its last fact.
 */
export class Portions {
  readonly #deps: ProjectorDeps
  readonly #kept = new KeptFolds()

  constructor (deps: ProjectorDeps) {
    this.#deps = deps
  }

  /** Folds a portion of the first case; the others come again. Their rows are locked. */
  async fold (tx: Tx, [first, ...others]: readonly LockedCase[], now: Micros): Promise<void> {
    if (first === undefined) return
    const { fold, facts, left, calendars } = await this.#next(tx, first)
    const look = { over: isDone(first), catchUpBefore: this.#deps.aliveSince, newId: () => this.#deps.ids.next() }
    const difference = left.length > 0
      ? { ...fold.look({ ...look, asOf: null }), wakeAt: now }
      : fold.look({ ...look, asOf: now })
    const { writtenBy: _, ...ticket } = first
    const result: ProjectionResult = {
      ticket: {
        ...ticket,
        unfolded: left.length > 0,
        awaiting: fold.awaiting.length > 0,
        agreedVersion: fold.agreedVersion
      },
      difference,
      cause: { kind: 'fact', id: facts.at(-1)?.id ?? null },
      historical: true,
      untimed: true,
      // that its promises wait was noted as they were stored
      awaited: []
    }
    const putOff = others.map(({ writtenBy: _, ...ticket }): ProjectionResult => ({
      ...result,
      ticket,
      difference: { ...noDifference, wakeAt: now }
    }))
    const writtenBy = await record(tx, this.#deps, [result, ...putOff], calendars, now, 'all')
    if (left.length > 0) afterCommit(tx, () => this.#kept.keep(first, writtenBy, { fold, left, calendars }))
  }

  /**
   * The fold with the next portion taken in: as it was left, or begun. Where clocks are stored already everything is
   * one portion.
   */
  async #next (tx: Tx, ticket: LockedCase): Promise<PartialFold & { facts: readonly StoredFact[] }> {
    const kept = this.#kept.take(ticket)
    if (kept !== undefined) {
      const facts = kept.left.slice(0, portionMax)
      if (kept.fold.take(facts)) return { ...kept, facts, left: kept.left.slice(portionMax) }
    }
    const timelines = await readTimelines(tx, [ticket])
    const calendars = await this.#deps.calendars.lookup(tx, calendarsOf(timelines))
    const timeline = timelines.get(textOf(ticket))!
    const facts = inOrder(timeline.facts)
    const count = timeline.clocks.length > 0 ? facts.length : portionMax
    const fold = new CaseFold(timeline, calendars(ticket.tenantId))
    fold.take(facts.slice(0, count))
    return { fold, calendars, facts: facts.slice(0, count), left: facts.slice(count) }
  }
}
