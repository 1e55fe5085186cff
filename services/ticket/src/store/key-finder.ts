import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Micros } from '@dueline/business-time'
import { unauthenticated, type ApiKeyParts, type ApiKeys } from '@dueline/http'
import type { Database } from '@dueline/postgres'
import { createSecretBox, type Clock, type SecretBox } from '@dueline/runtime'
import { findKeyByPublicId, markUsed, type ApiKey } from './api-key-store.ts'

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

/** Until when a key with this hash holds, null without an end; or why it does not. */
export function validityOf (key: ApiKey, hash: string, now: Micros): { until: Micros | null } | { refused: string } {
  const isPresent = isSame(hash, key.secretHash)
  if (!isPresent && !isSame(hash, key.previousHash)) return { refused: 'the API key is not known' }
  const ends = (at: Micros | null) => at !== null && at <= now
  if (key.revokedAt !== null) return { refused: 'the API key was revoked' }
  if (ends(key.expiresAt)) return { refused: 'the API key has expired' }
  if (isPresent) return { until: key.expiresAt }
  const previousUntil = key.previousUntil ?? now
  if (previousUntil <= now) return { refused: 'the API key was replaced by a new one; send that' }
  return { until: Math.min(previousUntil, key.expiresAt ?? previousUntil) }
}

/** When a key was used last is written at most so often. */
const usedMicros = 3_600_000_000
/** Other replicas may be this much behind a revocation, in milliseconds. */
const keyTrustMs = 5_000

/** Finds keys of every tenant by the part that is shown. */
export function createKeyFinder (
  { database, clock, secrets }: { database: Database, clock: Clock, secrets: KeySecrets }
): ApiKeys {
  return {
    keyTrustMs,
    async grantOf (parts) {
      const now = clock.now()
      const key = await findKeyByPublicId(database.read, parts.publicId)
      if (key === undefined) throw unauthenticated('the API key is not known')
      const validity = validityOf(key, secrets.hashOf(parts), now)
      if ('refused' in validity) throw unauthenticated(validity.refused)
      const { tenantId, id, roles, scopes } = key
      if (key.lastUsedAt === null || key.lastUsedAt <= now - usedMicros) {
        await markUsed(database.forTenant(tenantId).read, tenantId, id, now - now % usedMicros)
      }
      return { id, tenantId, roles, scopes, validUntil: validity.until }
    }
  }
}
