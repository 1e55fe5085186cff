import type { Micros } from '@dueline/business-time'

/** When a key or token was used last is exact to the hour, so that it is written once an hour at most. */
const exactMicros = 3_600_000_000

/** What is to be written of a use `now`, never before the key was made; null: what is written is recent enough. */
export function lastUseToWrite (
  { createdAt, lastUsedAt }: { createdAt: Micros, lastUsedAt: Micros | null },
  now: Micros
): Micros | null {
  if (lastUsedAt !== null && lastUsedAt > now - exactMicros) return null
  return Math.max(createdAt, now - now % exactMicros)
}
