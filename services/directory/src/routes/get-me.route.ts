import { nullable, RoleSchema, TenantId } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findPerson } from '../store/person-store.ts'
import { PersonSchema, personView } from './people.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/me */
export function getMe (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/me',
    config: {
      roles: access.getMe,
      keys: 'none',
      unlinked: true,
      answers: { 200: 'You, as the token and the tenant know you' }
    },
    schema: {
      operationId: 'getMe',
      summary: 'Read who you are',
      description:
        '`person` is null while you are none of the people of the tenant. `unlinked` then says under which issuer ' +
        'and subject an administrator can link you to one, unless you are a machine or an administrator.',
      tags: ['people'],
      response: {
        200: Type.Object({
          personId: Type.String(),
          tenantId: TenantId,
          roles: Type.Array(RoleSchema),
          person: nullable(PersonSchema),
          unlinked: nullable(Type.Object(
            { issuer: Type.String(), subject: Type.String() },
            { title: 'UnlinkedSubject', description: 'What an administrator links to a person' }
          ))
        }, { title: 'Me', description: 'Who calls' })
      }
    },
    handler: async ({ principal: { tenantId, personId, roles, unlinked = null } }) => {
      const { read } = database.forTenant(tenantId)
      const person = await findPerson(read, tenantId, personId)
      return { personId, tenantId, roles: [...roles], person: person === null ? null : personView(person), unlinked }
    }
  })
}
