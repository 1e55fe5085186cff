interface Waiter<T> {
  accepts(value: T): boolean
  resolve(value: T): void
}

/**
 * Lets somebody wait for "a pass ended" instead of sleeping. Emitting costs one comparison while nobody
 * waits, and values are not kept: `next()` sees only what is emitted after it was called.
 */
export class Signal<T> {
  #waiters: Waiter<T>[] = []

  /** Resolves every waiter that accepts `value`. */
  emit (value: T): void {
    if (this.#waiters.length === 0) return
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) {
      if (waiter.accepts(value)) waiter.resolve(value)
      else this.#waiters.push(waiter)
    }
  }

  /** The next emitted value that `predicate` accepts. Never rejects; without an emit it never resolves. */
  next (predicate: (value: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve) => {
      this.#waiters.push({ accepts: predicate, resolve })
    })
  }
}
