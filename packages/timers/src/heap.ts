/** A binary heap: the item with the least `at` is first. */
export class Heap<T extends { readonly at: number }> {
  #items: T[] = []

  get size (): number {
    return this.#items.length
  }
  get first (): T | undefined {
    return this.#items[0]
  }

  push (item: T): void {
    const items = this.#items
    let hole = items.length
    items.push(item)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = items[parent] as T
      if (above.at <= item.at) break
      items[hole] = above
      hole = parent
    }
    items[hole] = item
  }

  /** Removes and returns the first. */
  shift (): T | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return first
    let hole = 0
    for (;;) {
      let child = hole * 2 + 1
      if (child >= items.length) break
      if (child + 1 < items.length && (items[child + 1] as T).at < (items[child] as T).at) child++
      if ((items[child] as T).at >= last.at) break
      items[hole] = items[child] as T
      hole = child
    }
    items[hole] = last
    return first
  }
}
