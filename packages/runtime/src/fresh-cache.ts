import { BoundedMap } from './bounded-map.ts'
import type { Clock } from './clock.ts'

const entriesMax = 20_000

/** Values that may be some seconds old, by tenant and id, 20,000 at most. What does not exist is never remembered. */
export class FreshCache<T> {
  readonly #entries = new BoundedMap<{ value: T, until: number }>(entriesMax)
  readonly #clock: Clock
  readonly #freshMicros: number

  /** `freshMicros`: how old a value may be, in microseconds. */
  constructor (clock: Clock, freshMicros: number) {
    this.#clock = clock
    this.#freshMicros = freshMicros
  }

  /** The values in memory, and the ids that have to be asked for. */
  split (tenantId: string, ids: Iterable<string>): { found: Map<string, T>, missing: string[] } {
    const found = new Map<string, T>()
    const missing: string[] = []
    const now = this.#clock.now()
    for (const id of new Set(ids)) {
      const entry = this.#entries.get(`${tenantId}/${id}`)
      if (entry !== undefined && entry.until > now) found.set(id, entry.value)
      else missing.push(id)
    }
    return { found, missing }
  }

  store (tenantId: string, id: string, value: T): void {
    this.#entries.set(`${tenantId}/${id}`, { value, until: this.#clock.now() + this.#freshMicros })
  }

  forget (tenantId: string, id: string): void {
    this.#entries.delete(`${tenantId}/${id}`)
  }
}
