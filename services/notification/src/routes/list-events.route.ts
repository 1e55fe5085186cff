import { anyEventSchema } from '@dueline/contracts'
import { documentedAs, PageQuery, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { feedEnd, readFeed } from '../store/feed-store.ts'
import { cursorOf } from '../delivery/event-stream.ts'
import { After, filterFields, placeAfter, readingOf } from './event-filter.ts'
import type { RouteDeps } from './route-deps.ts'

export function listEvents (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/events',
    config: { roles: access.listEvents, problems: ['event_cursor_expired'], answers: { 200: 'A page of events' } },
    schema: {
      operationId: 'listEvents',
      summary: 'Read the feed of events',
      description:
        'The oldest comes first. Store `nextCursor` and send it as `after` next time, even if `items` is empty: ' +
        'then you miss nothing and get nothing twice. You read what you may see: managers and integrators the whole ' +
        'tenant, agents what is about tickets, customers what they may know of their own tickets; besides, what is ' +
        'addressed to you.',
      tags: ['events'],
      querystring: Type.Object({ after: Type.Optional(After), ...filterFields, limit: PageQuery.properties.limit }),
      response: {
        200: Type.Object({
          items: Type.Array(documentedAs(Type.Unsafe<object>({}), anyEventSchema())),
          nextCursor: Type.String()
        }, { title: 'EventPage' })
      }
    },
    handler: async ({ principal, query: { after, limit, ...fields } }) => {
      const { tenantId } = principal
      const { read } = database.forTenant(tenantId)
      const { reader, filter } = readingOf(principal, fields, 'query')
      // Where it ends is asked before reading: what the filters leave out need not be looked at again.
      const place = after === undefined
        ? { after: 0, feedEnd: await feedEnd(read, tenantId) }
        : await placeAfter(after, { read, tenantId }, { in: 'query', pointer: '/after' })
      const asked = { tenantId, reader, filter, after: place.after, until: place.feedEnd, limit }
      const { entries, upTo } = await readFeed(read, asked)
      return { items: entries.map(({ event }) => event), nextCursor: cursorOf(upTo) }
    }
  })
}
