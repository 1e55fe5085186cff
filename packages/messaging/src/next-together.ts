/** What waits for its turn, with how much work it is. */
export interface InTurn {
  readonly size: number
  /** Others went before it once: no other may go before it again. */
  passed: boolean
}

/**
 * Takes from a queue what goes together next: at least one, and no more than `most` altogether unless one alone is
 * more. First who was passed over before, in their order; then the smallest: little work does not wait for much.
 * No entry is passed over in more than one turn by those that came later.
 */
export function nextTogether<T extends InTurn> (queue: T[], most: number): T[] {
  queue.sort((a, b) => Number(b.passed) - Number(a.passed) || (a.passed ? 0 : a.size - b.size))
  const taken: T[] = []
  for (let size = 0; queue.length > 0 && (taken.length === 0 || size + queue[0]!.size <= most);) {
    const next = queue.shift()!
    size += next.size
    taken.push(next)
  }
  for (const left of queue) left.passed = true
  return taken
}
