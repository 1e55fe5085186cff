import { EscalationStateSchema, Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listEscalations } from '../store/escalation-store.ts'
import { EscalationSchema, escalationView } from './escalation-schema.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/escalations */
export function getEscalations (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/escalations',
    config: { roles: access.listEscalations },
    schema: {
      operationId: 'listEscalations',
      summary: 'List escalations',
      description:
        'The newest comes first. Each item shows the state and the level; read one escalation to see its history.',
      tags: ['escalations'],
      querystring: Type.Object({
        ticketId: Type.Optional(Uuid),
        state: Type.Optional(EscalationStateSchema),
        level: Type.Optional(Type.Integer({ minimum: 0, maximum: 10, description: 'The highest level reached' })),
        ...PageQuery.properties
      }),
      response: { 200: pageOf(EscalationSchema) }
    },
    handler: async ({ principal, query: { limit, cursor, ...filters } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const before = cursor === undefined ? {} : { before: decodeCursor(cursor, Uuid) }
      const page = toPage(
        await listEscalations(read, principal.tenantId, { ...filters, ...before, limit: limit + 1 }),
        limit,
        ({ id }) => id
      )
      return { ...page, items: page.items.map(escalationView) }
    }
  })
}
