import { nullable, RoleSchema, TenantId } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findPerson } from '../store/person-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { PersonSchema } from './schemas.ts'
import { personView } from './views.ts'

/** GET /v1/me */
export function getMe (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/me',
    config: { roles: access.getMe, answers: { 200: 'You, as the token and the tenant know you' } },
    schema: {
      operationId: 'getMe',
      summary: 'Read who you are',
      description: '`person` is null until the tenant has a person with the id of your token.',
      tags: ['people'],
      response: {
        200: Type.Object({
          personId: Type.String(),
          tenantId: TenantId,
          roles: Type.Array(RoleSchema),
          person: nullable(PersonSchema)
        }, { title: 'Me', description: 'Who calls' })
      }
    },
    handler: async ({ principal: { tenantId, personId, roles } }) => {
      const { read } = database.forTenant(tenantId)
      const person = await findPerson(read, tenantId, personId)
      return { personId, tenantId, roles: [...roles], person: person === null ? null : personView(person) }
    }
  })
}
