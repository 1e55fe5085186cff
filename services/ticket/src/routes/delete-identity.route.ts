import { Uuid } from '@dueline/contracts'
import { baseErrors, problem, write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { deleteIdentity } from '../store/identity-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/people/{personId}/identities/{identityId} */
export function deletePersonIdentity (app: App, { database, people }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/people/:personId/identities/:identityId',
    config: { roles: access.deletePersonIdentity },
    schema: {
      operationId: 'deletePersonIdentity',
      summary: 'Unlink a person from a token issuer',
      description: 'Tokens of that issuer and subject are no longer this person’s: everywhere within a minute.',
      tags: ['people'],
      params: Type.Object({ personId: Uuid, identityId: Uuid }),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { personId, identityId } = request.params
        if (!await deleteIdentity(tx, tx.tenantId, personId, identityId)) problem(baseErrors.not_found)
        afterCommit(tx, () => people.changed())
        return { status: 204 }
      })
  })
}
