import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { apiKeys } from '../store/credential-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/api-keys/{keyId} */
export function deleteApiKey (app: App, { database, clock, people }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/api-keys/:keyId',
    config: { roles: access.revokeApiKey, keys: 'none' },
    schema: {
      operationId: 'revokeApiKey',
      summary: 'Revoke an API key',
      description:
        'It is refused everywhere within 20 seconds, and its open event streams end within 30. It stays in the list; ' +
        'nothing brings it back.',
      tags: ['api keys'],
      params: pathId('keyId'),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { keyId } = request.params
        const key = await apiKeys.find(tx, tx.tenantId, keyId, { lock: true }) ?? problem(baseErrors.not_found)
        if (key.revokedAt === null) await apiKeys.update(tx, key, { revokedAt: clock.now() })
        afterCommit(tx, () => people.changed())
        return { status: 204 }
      })
  })
}
