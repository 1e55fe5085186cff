import { EnvelopeFields } from '@dueline/contracts'
import { PageQuery, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { readFeed } from '../store/feed-store.ts'
import { cursorOf, positionOf, typesOf, typesQuery } from './event-filter.ts'

export function listEvents (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/events',
    config: { roles: access.listEvents },
    schema: {
      operationId: 'listEvents',
      summary: 'Read the feed of events',
      description:
        'The oldest comes first. Store `nextCursor` and send it as `after` next time, even if `items` is empty: ' +
        'then you miss nothing and get nothing twice.',
      tags: ['events'],
      querystring: Type.Object({
        after: Type.Optional(Type.String({ maxLength: 200 })),
        types: typesQuery,
        limit: PageQuery.properties.limit
      }),
      response: {
        200: Type.Object({
          items: Type.Array(Type.Object({ ...EnvelopeFields, data: Type.Unknown() })),
          nextCursor: Type.String()
        })
      }
    },
    handler: async (request) => {
      const { read } = database.forTenant(request.principal.tenantId)
      const { after, types, limit } = request.query
      const start = after === undefined ? 0 : positionOf(after, { in: 'query', pointer: '/after' })
      const entries = await readFeed(read, {
        tenantId: request.principal.tenantId,
        after: start,
        types: typesOf(types),
        limit
      })
      return { items: entries.map((entry) => entry.event), nextCursor: cursorOf(entries.at(-1)?.position ?? start) }
    }
  })
}
