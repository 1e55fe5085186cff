const wakers = new Map<string, Set<() => void>>()

/**
 * Outbox and relay of a service meet here when they share a process: a commit wakes the relay of its topic at once
 * instead of at its next look. Only a hint: nothing depends on it. Returns what takes the waker out again.
 */
export function onCommitted (topic: string, wake: () => void): () => void {
  const set = wakers.get(topic) ?? new Set()
  wakers.set(topic, set)
  set.add(wake)
  return () => {
    set.delete(wake)
  }
}

/** Calls every waker of the topic. */
export function committed (topic: string): void {
  for (const wake of wakers.get(topic) ?? []) wake()
}
