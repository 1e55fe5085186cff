import { Instant, PlainText, PrioritySchema, SeveritySchema, stringEnum, TicketStatusSchema, TicketTypeSchema, Uuid } from '@dueline/contracts'
import { parseInstant } from '@dueline/business-time'
import { baseErrors, decodeCursor, pageOf, PageQuery, problem, toPage, type App } from '@dueline/http'
import { Type, type Static, type TSchema } from 'typebox'
import { listTickets, positionOf, ticketCursors, ticketSorts, type TicketFilter } from '../store/ticket-list.ts'
import { nobody, ownOnly, readerRoles } from './access.ts'
import type { Parts } from './parts.ts'
import { TeamId, TicketSchema } from './schemas.ts'
import { ticketView } from './views.ts'

const anyOf = <T extends TSchema>(value: T) => Type.Optional(Type.Array(value, { minItems: 1, maxItems: 10, description: 'Any of; repeat the parameter' }))
const Query = Type.Object({
  status: anyOf(TicketStatusSchema),
  priority: anyOf(PrioritySchema),
  severity: anyOf(SeveritySchema),
  type: anyOf(TicketTypeSchema),
  productId: Type.Optional(Uuid),
  moduleId: Type.Optional(Uuid),
  questionId: Type.Optional(Uuid),
  customerId: Type.Optional(Uuid),
  assigneeId: Type.Optional(Uuid),
  teamId: Type.Optional(TeamId),
  number: Type.Optional(PlainText(64)),
  q: Type.Optional(PlainText(200, 'words of the subject, as in a web search')),
  createdAfter: Type.Optional(Instant),
  createdBefore: Type.Optional(Instant),
  sort: stringEnum(ticketSorts, { default: '-createdAt' }),
  ...PageQuery.properties
})

/** GET /v1/tickets */
export function getTickets (app: App, { database }: Parts): void {
  app.route({
    method: 'GET',
    url: '/v1/tickets',
    config: { roles: ['customer', ...readerRoles] },
    schema: {
      operationId: 'listTickets',
      summary: 'List tickets',
      description: 'Stable under inserts: a page never repeats what the page before has shown. `createdAfter` is included, `createdBefore` is not. A customer sees only its own.',
      tags: ['tickets'],
      querystring: Query,
      response: { 200: pageOf(TicketSchema) }
    },
    handler: async ({ principal, query }) => {
      const { sort, limit, cursor } = query
      const after = cursor === undefined ? null : decodeCursor(cursor, ticketCursors[sort]).after
      const filter = filterOf(query, ownOnly(principal))
      const rows = await listTickets(database.read, principal.tenantId, filter, { sort, after, limit: limit + 1 })
      const page = toPage(rows, limit, (row) => ({ sort, after: positionOf(row, sort) }))
      return { ...page, items: page.items.map(ticketView) }
    }
  })
}

function filterOf (query: Static<typeof Query>, customerId: string | null): TicketFilter {
  const { sort: _s, limit: _l, cursor: _c, createdAfter, createdBefore, ...filter } = query
  // a customer that asks for another's tickets asks for none
  const own = customerId === null || query.customerId === undefined || query.customerId === customerId ? customerId : nobody
  return {
    ...filter,
    ...(own === null ? {} : { customerId: own }),
    ...instantFilter('createdAfter', createdAfter),
    ...instantFilter('createdBefore', createdBefore)
  }
}

function instantFilter (name: 'createdAfter' | 'createdBefore', text: string | undefined): TicketFilter {
  if (text === undefined) return {}
  try {
    return { [name]: parseInstant(text) }
  } catch {
    return problem(baseErrors.validation_failed, { faults: [{ in: 'query', pointer: `/${name}`, message: 'is not a date that exists' }] })
  }
}
