import type { Micros } from '@dueline/business-time'

const secondMicros = 1_000_000

/** When something that a program is known by ends; instants in microseconds. */
interface Ends {
  readonly revokedAt: Micros | null
  readonly expiresAt: Micros | null
}

/** Whether it is revoked, or has expired by `now`. */
export function isOver ({ revokedAt, expiresAt }: Ends, now: Micros): boolean {
  return revokedAt !== null || (expiresAt !== null && expiresAt <= now)
}

/** What a new secret changes: the one that holds now does so for `overlapSeconds` more. */
export function rotated (
  { secretHash: previousHash }: { secretHash: string },
  secretHash: string,
  { now, overlapSeconds }: { now: Micros, overlapSeconds: number }
): { secretHash: string, previousHash: string, previousUntil: Micros } {
  return { secretHash, previousHash, previousUntil: now + overlapSeconds * secondMicros }
}
