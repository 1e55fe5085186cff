import { Signal } from '@dueline/runtime'

/** What a test double has received so far, in order, with a way to wait for more without polling. */
export interface Arrivals<T> {
  readonly all: readonly T[]
  /** The first one, received already or in the future, that the predicate accepts. */
  find(predicate?: (item: T) => boolean): Promise<T>
  /** Resolves with everything once `count` have been received. */
  atLeast(count: number): Promise<readonly T[]>
}

/** An empty record of arrivals, and the way to add to it. */
export function arrivals<T> (): Arrivals<T> & { add(item: T): void } {
  const all: T[] = []
  const signal = new Signal<T>()
  return {
    all,
    add (item) {
      all.push(item)
      signal.emit(item)
    },
    find: async (predicate = () => true) => all.find(predicate) ?? await signal.next(predicate),
    async atLeast (count) {
      if (all.length < count) await signal.next(() => all.length >= count)
      return all
    }
  }
}
