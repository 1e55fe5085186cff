import {
  bearerOf,
  readApiKey,
  unauthenticated,
  validityOf,
  type AnyRequest,
  type KeySecrets,
  type Principal
} from '@dueline/http'
import type { Database } from '@dueline/postgres'
import type { Clock } from '@dueline/runtime'
import { scimTokens } from '../store/credential-store.ts'
import { lastUseToWrite } from '../store/last-use.ts'

/** Finds who sends a request to `/scim`. */
export interface ScimCallers {
  /** @throws Problem 401 for every token that is none for SCIM, or none any more */
  of(request: AnyRequest): Promise<Principal>
}

/** Finds tokens of every tenant by the part that is shown. Nothing is remembered: a revoked one ends at once. */
export function createScimCallers (
  { database, clock, secrets }: { database: Database, clock: Clock, secrets: KeySecrets }
): ScimCallers {
  return {
    async of (request) {
      const parts = readApiKey(bearerOf(request), 'dls')
      if (parts === null) throw unauthenticated('a SCIM token is needed here, whole, and no other one is taken')
      const now = clock.now()
      const token = await scimTokens.findByPublicId(database.read, parts.publicId)
      if (token === undefined) throw unauthenticated('the SCIM token is not known')
      const validity = validityOf(token, secrets.hashOf(parts), now, 'the SCIM token')
      if ('refused' in validity) throw unauthenticated(validity.refused)
      const { tenantId, id } = token
      const usedAt = lastUseToWrite(token, now)
      if (usedAt !== null) await scimTokens.markUsed(database.forTenant(tenantId).read, tenantId, id, usedAt)
      // no issuer is called so: they are addresses
      const subject = `scim-token ${parts.publicId}`
      return { tenantId, roles: [], subject, personId: subject, tokenEndsAt: validity.until ?? Number.MAX_SAFE_INTEGER }
    }
  }
}
