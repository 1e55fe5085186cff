/** A bounded memory with an end per entry: what is oldest goes when it is full. */
export interface TokenCache<T> {
  /** The value remembered for a token, unless its time is over. */
  get(token: string, nowMs: number): T | undefined
  set(token: string, value: T, untilMs: number): void
}

/**
 * Remembers what verified tokens said. A signature check costs some hundred microseconds, a look-up less than one.
 */
export function createTokenCache<T> (max: number): TokenCache<T> {
  const entries = new Map<string, { value: T, untilMs: number }>()
  return {
    get (token, nowMs) {
      const entry = entries.get(token)
      if (entry === undefined) return undefined
      if (nowMs < entry.untilMs) return entry.value
      entries.delete(token)
      return undefined
    },
    set (token, value, untilMs) {
      if (entries.size >= max) {
        const oldest = entries.keys().next()
        if (oldest.done !== true) entries.delete(oldest.value)
      }
      entries.set(token, { value, untilMs })
    }
  }
}
