import { PlainText, RoleSchema, Uuid } from '@dueline/contracts'
import { decodeCursor, movingPage, MovingPosition, pageOf, PageQuery, type App } from '@dueline/http'
import { seenTransactions } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { listPeople, listWrittenPeople, type Person } from '../store/person-store.ts'
import { access } from '../access.ts'
import { LevelKey } from './levels.ts'
import { PersonSchema, personView } from './people.ts'
import type { RouteDeps } from './route-deps.ts'

const Query = Type.Object({
  role: Type.Optional(RoleSchema),
  managerId: Type.Optional(Uuid),
  level: Type.Optional(LevelKey),
  unitId: Type.Optional(Uuid),
  externalId: Type.Optional(PlainText(200, 'the id under which imports name a person')),
  q: Type.Optional(PlainText(200, 'a part of the name, the screen name or the address')),
  ...PageQuery.properties
})
const Position = Type.Object({ name: PlainText(200), id: Uuid })
const Cursor = MovingPosition(Position)

/** GET /v1/people */
export function getPeople (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people',
    config: { roles: access.listPeople, area: 'people' },
    schema: {
      operationId: 'listPeople',
      summary: 'List people',
      description: 'Ordered by name. People who change or appear while you page come after the last page.',
      tags: ['people'],
      querystring: Query,
      response: { 200: pageOf(PersonSchema) }
    },
    handler: async ({ principal, query: { limit, cursor, ...filter } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const page = await movingPage<Person, Static<typeof Position>>(
        {
          limit,
          position: cursor === undefined ? null : decodeCursor(cursor, Cursor),
          begin: async () => await seenTransactions(read),
          ordered: async (after, rows) => await listPeople(read, principal.tenantId, filter, { after, limit: rows }),
          written: async (seen, after, rows) =>
            await listWrittenPeople(read, principal.tenantId, filter, { seen, after, limit: rows }),
          positionOf: ({ name, id }) => ({ name, id }),
          idOf: ({ id }) => id
        },
        (position) => position
      )
      return { ...page, items: page.items.map((person) => personView(person)) }
    }
  })
}
