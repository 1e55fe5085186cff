import { baseErrors, etagOf, pathId, problem, type App } from '@dueline/http'
import { findPerson } from '../store/person-store.ts'
import { access, authorize } from '../access.ts'
import { PersonSchema, personView } from './people.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/people/{personId} */
export function getPerson (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId',
    config: { roles: access.getPerson, area: 'people', etag: true },
    schema: {
      operationId: 'getPerson',
      summary: 'Read a person',
      description:
        'Customers read themselves. Of staff they see only the screen name: `name` shows it, and `email` is null.',
      tags: ['people'],
      params: pathId('personId'),
      response: { 200: PersonSchema }
    },
    handler: async ({ principal, params: { personId } }, reply) => {
      const { read } = database.forTenant(principal.tenantId)
      const person = await findPerson(read, principal.tenantId, personId) ?? problem(baseErrors.not_found)
      if (!authorize(principal, 'seePerson', person)) problem(baseErrors.not_found)
      const masked = !authorize(principal, 'seeWholePerson', person)
      // a masked person is another representation: its tag must not pass for the full one's
      reply.header('etag', masked ? `"${person.version}-masked"` : etagOf(person.version))
      return personView(person, masked)
    }
  })
}
