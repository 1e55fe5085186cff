import type { CaseFold } from './case-fold.ts'

/** Most folds that are kept. */
const foldsMax = 32

/**
 * The folds of histories that are being imported, between their batches: a history of thousands of facts would otherwise be
 * read and folded from its beginning for each batch. A fold holds only as long as nobody else has written the ticket's row, whose
 * lock everybody takes who stores anything of the ticket; so replicas and commands need not know of it.
 */
export class KeptFolds {
  readonly #folds = new Map<string, { readonly fold: CaseFold, readonly writtenBy: string }>()

  /** Takes out a ticket's fold; undefined when there is none that holds. It goes on, so whoever fails with it has none to put back. */
  take (key: string, writtenBy: string): CaseFold | undefined {
    const kept = this.#folds.get(key)
    this.#folds.delete(key)
    return kept?.writtenBy === writtenBy ? kept.fold : undefined
  }

  /** Keeps a fold of what a committed transaction has written, or forgets the one that is here; the one kept longest goes. */
  keep (key: string, writtenBy: string, fold: CaseFold | undefined): void {
    this.#folds.delete(key)
    if (fold !== undefined) this.#folds.set(key, { fold, writtenBy })
    if (this.#folds.size > foldsMax) this.#folds.delete(this.#folds.keys().next().value!)
  }
}
