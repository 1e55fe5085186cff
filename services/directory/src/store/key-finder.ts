import { unauthenticated, validityOf, type ApiKeys, type KeySecrets } from '@dueline/http'
import type { Database } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import { apiKeys } from './credential-store.ts'
import { lastUseToWrite } from './last-use.ts'

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
      const key = await apiKeys.findByPublicId(database.read, parts.publicId)
      if (key === undefined) throw unauthenticated('the API key is not known')
      const validity = validityOf(key, secrets.hashOf(parts), now, 'the API key')
      if ('refused' in validity) throw unauthenticated(validity.refused)
      const { tenantId, id, roles, scopes } = key
      const usedAt = lastUseToWrite(key, now)
      if (usedAt !== null) await apiKeys.markUsed(database.forTenant(tenantId).read, tenantId, id, usedAt)
      return { id, tenantId, roles, scopes, validUntil: validity.until }
    }
  }
}
