import { etagOf, pathId, type App } from '@dueline/http'
import { findPerson } from '../store/person-store.ts'
import { found, readerRoles, seesAll } from './access.ts'
import type { Parts } from './parts.ts'
import { PersonSchema } from './schemas.ts'
import { personView } from './views.ts'

/** GET /v1/people/{personId} */
export function getPerson (app: App, { database }: Parts): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId',
    config: { roles: ['customer', ...readerRoles] },
    schema: {
      operationId: 'getPerson',
      summary: 'Read a person',
      description:
        'A customer reads itself, and of staff only the screen name (`name` is the screen name then, `email` null).',
      tags: ['people'],
      params: pathId('personId'),
      response: { 200: PersonSchema }
    },
    handler: async ({ principal, params: { personId } }, reply) => {
      const person = found(await findPerson(database.read, principal.tenantId, personId))
      const stranger = !seesAll(principal) && personId !== principal.personId
      if (stranger && person.role === 'customer') found(null)
      // a masked person is another representation: its tag must not pass for the full one's
      reply.header('etag', stranger ? `"${person.version}-masked"` : etagOf(person.version))
      return personView(person, stranger)
    }
  })
}
