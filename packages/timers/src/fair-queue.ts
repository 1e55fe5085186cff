/** First in, first out for each tenant, and the tenants in turn: a backlog of one does not delay another. */
export class FairQueue<T extends { tenantId: string }> {
  // a Map is visited in the order of insertion: to be served is to be moved to its end
  #tenants = new Map<string, { items: T[], head: number }>()
  #size = 0

  get size (): number {
    return this.#size
  }

  push (item: T): void {
    const queue = this.#tenants.get(item.tenantId)
    if (queue === undefined) this.#tenants.set(item.tenantId, { items: [item], head: 0 })
    else queue.items.push(item)
    this.#size++
  }

  /** The item of the tenant whose turn it is. */
  shift (): T | undefined {
    const { value: turn } = this.#tenants.entries().next()
    if (turn === undefined) return undefined
    const [tenantId, queue] = turn
    const item = queue.items[queue.head++]
    this.#tenants.delete(tenantId)
    if (queue.head < queue.items.length) this.#tenants.set(tenantId, compact(queue))
    this.#size--
    return item
  }
}

function compact<T> (queue: { items: T[], head: number }): { items: T[], head: number } {
  return queue.head < 1024 || queue.head * 2 < queue.items.length
    ? queue
    : { items: queue.items.slice(queue.head), head: 0 }
}
