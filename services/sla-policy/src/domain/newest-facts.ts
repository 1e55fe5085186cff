/** One fact about a ticket as a consumer sees it; `key` changes exactly when another promise may be due. */
export interface Fact { readonly ticketKey: string, readonly version: number, readonly key: string }

/** A ticket's part of a batch: its newest state, and the fact since which that state's key has held. */
export interface Newest<F> { readonly last: F, readonly since: F }

/**
 * Folds a batch to one entry per ticket. Facts may come repeated and in any order; only the highest version counts as the
 * state, and `since` is the first fact of the unbroken run with the same key that ends there: the moment of the change.
 */
export function newestFacts<F extends Fact> (facts: readonly F[]): Newest<F>[] {
  const byTicket = new Map<string, F[]>()
  for (const fact of facts) {
    const list = byTicket.get(fact.ticketKey)
    if (list === undefined) byTicket.set(fact.ticketKey, [fact])
    else list.push(fact)
  }
  return [...byTicket.values()].map((list) => {
    list.sort((a, b) => a.version - b.version)
    const last = list.at(-1)!
    let since = last
    for (let index = list.length - 1; index >= 0 && list[index]!.key === last.key; index--) since = list[index]!
    return { last, since }
  })
}
