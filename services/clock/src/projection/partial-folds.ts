import type { StoredFact } from '../domain/facts.ts'
import type { TenantCalendars } from '../store/calendar-store.ts'
import { textOf, type TicketKey } from '../store/keys.ts'
import type { CaseFold } from './case-fold.ts'

/** Most folds that are kept. */
const foldsMax = 32

/** A fold that has come some way, and the facts that are still to be taken in, oldest first. */
export interface PartialFold {
  readonly fold: CaseFold
  readonly left: readonly StoredFact[]
  readonly calendars: TenantCalendars
}

/**
 * Folds of long histories between their portions, so that each portion costs only its own facts. One holds only as long
 * as nobody else has written the ticket's row, whose lock everybody takes who stores anything of the ticket.
 */
export class PartialFolds {
  readonly #folds = new Map<string, PartialFold & { readonly writtenBy: string }>()

  /**
   * Takes out a ticket's fold; undefined when there is none that holds. It is to go on, so whoever fails with it puts
   * none back.
   */
  remove (ticket: TicketKey & { readonly writtenBy: string }): PartialFold | undefined {
    const key = textOf(ticket)
    const stored = this.#folds.get(key)
    this.#folds.delete(key)
    return stored?.writtenBy === ticket.writtenBy ? stored : undefined
  }

  /** Keeps a fold of what a committed transaction has written; the one that was kept longest goes. */
  store (ticket: TicketKey, writtenBy: string, partial: PartialFold): void {
    const key = textOf(ticket)
    this.#folds.delete(key)
    this.#folds.set(key, { ...partial, writtenBy })
    if (this.#folds.size > foldsMax) this.#folds.delete(this.#folds.keys().next().value!)
  }
}
