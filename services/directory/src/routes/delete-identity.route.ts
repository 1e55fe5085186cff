import { Uuid } from '@dueline/contracts'
import { baseErrors, problem, write, type App } from '@dueline/http'
import { afterCommit } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { personEvent } from '../domain/person-event.ts'
import { deleteIdentity } from '../store/identity-store.ts'
import { changeTime, lockPerson, updatePerson } from '../store/person-store.ts'
import type { RouteDeps } from './route-deps.ts'

/** DELETE /v1/people/{personId}/identities/{identityId} */
export function deletePersonIdentity (app: App, { database, ids, clock, outbox, people }: RouteDeps): void {
  app.route({
    method: 'DELETE',
    url: '/v1/people/:personId/identities/:identityId',
    config: { roles: access.deletePersonIdentity, keys: 'none' },
    schema: {
      operationId: 'deletePersonIdentity',
      summary: 'Unlink a person from a token issuer',
      description: 'Tokens of that issuer and subject are no longer this person’s: everywhere within a minute. It ' +
        'counts as a change of the person; open event streams of such a token end.',
      tags: ['people'],
      params: Type.Object({ personId: Uuid, identityId: Uuid }),
      response: { 204: Type.Null() }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { personId, identityId } = request.params
        const before = await lockPerson(tx, tx.tenantId, personId) ?? problem(baseErrors.not_found)
        if (!await deleteIdentity(tx, tx.tenantId, personId, identityId)) problem(baseErrors.not_found)
        // whoever serves the person for longer than a request looks again who calls
        const person = { ...before, updatedAt: changeTime(before, clock.now()), version: before.version + 1 }
        await updatePerson(tx, tx.tenantId, person)
        await outbox.add(tx, [personEvent(person, { id: ids.next(), tenantId: tx.tenantId })])
        afterCommit(tx, () => people.changed())
        return { status: 204 }
      })
  })
}
