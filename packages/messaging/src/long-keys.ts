/** What was found waiting, with the key that its order is kept by. */
export interface Found {
  readonly key: string
}

/** A key is long when it fills more than this share of a full batch. */
const longShare = 0.25
/** More are not distinguished: a long key that is not known only goes in the order of the others. */
const keysMax = 1_000

/**
 * Keys with so many waiting events that all others would wait behind them. The relay reads them apart, so that each
 * batch carries what waits of the others and a part of theirs.
 */
export class LongKeys {
  readonly #keys = new Set<string>()

  /** In the order in which they were found. */
  get keys (): string[] {
    return [...this.#keys]
  }

  /**
   * Learns from a batch that was read apart: at most `limit` of the others, and at most `limit` of the long ones.
   * Returns whether other keys are long now.
   */
  observe (others: readonly Found[], long: readonly Found[], limit: number): boolean {
    const before = this.keys
    if (long.length < limit) this.#keys.clear()
    if (others.length === limit) this.#addFrom(others, limit)
    return before.length !== this.#keys.size || !before.every((key) => this.#keys.has(key))
  }

  #addFrom (others: readonly Found[], limit: number): void {
    const counts = new Map<string, number>()
    for (const { key } of others) counts.set(key, (counts.get(key) ?? 0) + 1)
    for (const [key, count] of counts) {
      if (count > limit * longShare && this.#keys.size < keysMax) this.#keys.add(key)
    }
  }
}
