import { write, type App } from '@dueline/http'
import { nullable } from '@dueline/contracts'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { openTickets } from './open-tickets.ts'
import type { RouteDeps } from './route-deps.ts'
import { BatchFault, NewTicket, TicketSchema } from './schemas.ts'
import { ticketView } from './views.ts'

const Result = Type.Object({
  index: Type.Integer({ minimum: 0, description: 'Place in the request' }),
  status: Type.Integer({
    description: '201 stored; 400 not stored; 409 not stored, because the tenant has a ticket with this external id'
  }),
  ticket: nullable(TicketSchema),
  errors: Type.Array(BatchFault)
}, { title: 'BatchItem', description: 'What became of an item' })

const taken = { pointer: '/externalId', message: 'is that of another ticket of the tenant' }

/** POST /v1/tickets/batch */
export function postTicketBatch (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets/batch',
    config: {
      roles: access.createTickets,
      problems: ['validation_failed'],
      answers: { 200: 'One result for each item, in the order of the items' }
    },
    schema: {
      operationId: 'createTickets',
      summary: 'Open up to 100 tickets',
      description:
        'A body that does not match the schema is refused as a whole. An item with an unknown person, product, ' +
        'module or question is not stored; all the others are, together.',
      tags: ['tickets'],
      body: Type.Object({ tickets: Type.Array(NewTicket, { minItems: 1, maxItems: 100 }) }, {
        title: 'TicketBatch',
        description: 'Tickets to be opened'
      }),
      response: { 200: Type.Object({ items: Type.Array(Result) }, { title: 'TicketBatchAnswer' }) }
    },
    handler: async (request, reply) => {
      const opened = await openTickets(request.body.tickets, request.principal, request.headers.authorization, deps)
      return await write(request, reply, deps.database, async (tx) => {
        const traced = opened.flatMap(({ fact }) => fact === null ? [] : [[fact] as const])
        const made = traced.length === 0 ? new Set<string>() : await deps.facts.create(tx, tx.tenantId, traced)
        const items = opened.map(({ fact, faults }, index) => {
          if (fact === null) return { index, status: 400, ticket: null, errors: faults }
          if (!made.has(fact.ticket.id)) return { index, status: 409, ticket: null, errors: [taken] }
          return { index, status: 201, ticket: ticketView(fact.ticket), errors: [] }
        })
        return { status: 200, body: { items } }
      })
    }
  })
}
