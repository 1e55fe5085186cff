import { formatInstant } from '@dueline/business-time'
import { Instant } from '@dueline/contracts'
import { bearerOf, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { issueStreamTicket } from '../store/stream-ticket-store.ts'
import { After, filterFields, placeAfter, readingOf } from './event-filter.ts'
import type { RouteDeps } from './route-deps.ts'

const ticketMicros = 30_000_000

export function postStreamTicket (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/events/stream-tickets',
    config: {
      roles: access.createStreamTicket,
      idempotent: false,
      problems: ['event_cursor_expired'],
      answers: { 201: 'The ticket, shown only now' }
    },
    schema: {
      operationId: 'createStreamTicket',
      summary: 'Create a ticket for one event stream',
      description: 'For readers that cannot send a token in a header, such as the `EventSource` of browsers: open ' +
        '`GET /v1/events/stream?ticket=…` within 30 seconds. A ticket opens one stream: with your roles, the events ' +
        'that you choose here, and for as long as your token holds.',
      tags: ['events'],
      body: Type.Object({ after: Type.Optional(After), ...filterFields }),
      response: { 201: Type.Object({ ticket: Type.String({ description: 'Shown only now' }), expiresAt: Instant }) }
    },
    handler: async (request, reply) => {
      const { principal, body } = request
      const { tenantId } = principal
      const { after, ...fields } = body
      readingOf(principal, fields, 'body')
      const place = { in: 'body', pointer: '/after' } as const
      if (after !== undefined) await placeAfter(after, { read: database.forTenant(tenantId).read, tenantId }, place)
      const expiresAt = clock.now() + ticketMicros
      const ticket = await issueStreamTicket(database, {
        tenantId,
        token: bearerOf(request),
        fields: body,
        expiresAt
      })
      return await reply.code(201).header('cache-control', 'no-store')
        .send({ ticket, expiresAt: formatInstant(expiresAt) })
    }
  })
}
