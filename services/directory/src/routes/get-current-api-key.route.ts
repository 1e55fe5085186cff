import { formatInstant } from '@dueline/business-time'
import { Instant, nullable, TenantId, Uuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { KeyRoles, KeyScopes } from './api-key-shapes.ts'

/** GET /v1/api-keys/current */
export function getCurrentApiKey (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/api-keys/current',
    config: { roles: access.getCurrentApiKey, keys: 'any', unlinked: true },
    schema: {
      operationId: 'getCurrentApiKey',
      summary: 'Read the API key that you call with',
      description: 'What it is good for, whatever its scopes; null when you call with the token of an issuer.',
      tags: ['api keys'],
      response: {
        200: Type.Object({
          apiKey: nullable(Type.Object({
            id: Uuid,
            tenantId: TenantId,
            roles: KeyRoles,
            scopes: KeyScopes,
            validUntil: nullable(Instant)
          }, { title: 'CurrentApiKey', description: 'What a key is good for, and until when as it is' }))
        }, { title: 'ApiKeyOfCaller', description: 'The key that a request came with' })
      }
    },
    handler: async ({ principal: { tenantId, roles, key, tokenEndsAt } }) => ({
      apiKey: key === undefined ? null : {
        id: key.id,
        tenantId,
        roles: [...roles],
        scopes: [...key.scopes],
        validUntil: tokenEndsAt === Number.MAX_SAFE_INTEGER ? null : formatInstant(tokenEndsAt)
      }
    })
  })
}
