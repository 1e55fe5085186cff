import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Micros } from '@dueline/business-time'
import { createSecretBox, type SecretBox } from '@dueline/runtime'
import type { ApiKeyParts } from './api-key.ts'

/** What the secrets of keys are kept as. */
export interface KeySecrets {
  /** The same for the same key, and of no use to who has the database alone. */
  hashOf(key: ApiKeyParts): string
  /** Seals answers that show a key. */
  readonly box: SecretBox
}

/**
 * HMAC-SHA-256: a secret of 256 random bits cannot be guessed, so a slow hash would only slow every request.
 * @param secret 32 bytes in base64
 */
export function createKeySecrets (secret: string): KeySecrets {
  const derived = (text: string) => createHmac('sha256', Buffer.from(secret, 'base64')).update(text)
  return {
    hashOf: ({ publicId, secret }) => derived(`key ${publicId} ${secret}`).digest('base64'),
    box: createSecretBox(derived('answers').digest('base64'))
  }
}

function isSame (a: string, b: string | null): boolean {
  return b !== null && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** What is kept of a key that says whether it holds; instants in microseconds. */
export interface StoredKey {
  readonly secretHash: string
  /** Of the secret before the last rotation, which holds until then. */
  readonly previousHash: string | null
  readonly previousUntil: Micros | null
  readonly expiresAt: Micros | null
  readonly revokedAt: Micros | null
}

/** Until when a key with this hash holds, null without an end; or why `what` it is called does not. */
export function validityOf (
  key: StoredKey,
  hash: string,
  now: Micros,
  what: string
): { until: Micros | null } | { refused: string } {
  const isPresent = isSame(hash, key.secretHash)
  if (!isPresent && !isSame(hash, key.previousHash)) return { refused: `${what} is not known` }
  const ends = (at: Micros | null) => at !== null && at <= now
  if (key.revokedAt !== null) return { refused: `${what} was revoked` }
  if (ends(key.expiresAt)) return { refused: `${what} has expired` }
  if (isPresent) return { until: key.expiresAt }
  const previousUntil = key.previousUntil ?? now
  if (previousUntil <= now) return { refused: `${what} was replaced by a new one; send that` }
  return { until: Math.min(previousUntil, key.expiresAt ?? previousUntil) }
}
