import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { scimTokens } from '../store/credential-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/scim-tokens/{tokenId} */
export function deleteScimToken (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/scim-tokens/:tokenId',
    config: { roles: access.revokeScimToken, keys: 'none' },
    schema: {
      operationId: 'revokeScimToken',
      summary: 'Revoke a SCIM token',
      description: 'It is refused from then on. It stays in the list; nothing brings it back.',
      tags: ['scim'],
      params: pathId('tokenId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { tokenId } = request.params
        const token = await scimTokens.find(tx, tx.tenantId, tokenId, { lock: true }) ?? problem(baseErrors.not_found)
        if (token.revokedAt === null) await scimTokens.update(tx, token, { revokedAt: clock.now() })
        return { status: 204 }
      })
  })
}
