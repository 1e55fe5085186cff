import { PlainText, RoleSchema, Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { listPeople } from '../store/person-store.ts'
import { readerRoles } from './access.ts'
import type { Parts } from './parts.ts'
import { PersonSchema } from './schemas.ts'
import { personView } from './views.ts'

const Query = Type.Object({
  role: Type.Optional(RoleSchema),
  managerId: Type.Optional(Uuid),
  q: Type.Optional(PlainText(200, 'a part of the name, the screen name or the address')),
  ...PageQuery.properties
})
const Cursor = Type.Object({ name: PlainText(200), id: Uuid })

/** GET /v1/people */
export function getPeople (app: App, { database }: Parts): void {
  app.route({
    method: 'GET',
    url: '/v1/people',
    config: { roles: readerRoles },
    schema: {
      operationId: 'listPeople',
      summary: 'List people by name',
      tags: ['people'],
      querystring: Query,
      response: { 200: pageOf(PersonSchema) }
    },
    handler: async ({ principal, query: { limit, cursor, ...filter } }) => {
      const after = cursor === undefined ? null : decodeCursor(cursor, Cursor)
      const rows = await listPeople(database.read, principal.tenantId, filter, { after, limit: limit + 1 })
      const page = toPage(rows, limit, ({ name, id }) => ({ name, id }))
      return { ...page, items: page.items.map((person) => personView(person)) }
    }
  })
}
