import {
  Instant,
  nilUuid,
  PlainText,
  PrioritySchema,
  SeveritySchema,
  stringEnum,
  TicketStatusSchema,
  TicketTypeSchema,
  Uuid,
  uuidText
} from '@dueline/contracts'
import {
  baseErrors,
  decodeCursor,
  movingPage,
  MovingPosition,
  pageOf,
  PageQuery,
  problem,
  toPage,
  type App,
  type MovingList,
  type Page,
  type Principal,
  instantOf
} from '@dueline/http'
import { seenTransactions, type Read } from '@dueline/postgres'
import { Type, type Static, type TSchema } from 'typebox'
import { ExternalId } from '../domain/import-line.ts'
import type { Ticket } from '../domain/ticket.ts'
import {
  isSteady,
  listTickets,
  listWrittenTickets,
  positionOf,
  positionSchema,
  ticketSorts,
  type TicketFilter,
  type TicketPosition
} from '../store/ticket-list.ts'
import { access, ownOnly, personOf } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { TeamId, TicketSchema } from './schemas.ts'
import { ticketViews } from './views.ts'

const anyOf = <T extends TSchema>(value: T) =>
  Type.Optional(Type.Array(value, { minItems: 1, maxItems: 10, description: 'Any of; repeat the parameter' }))
const Query = Type.Object({
  status: anyOf(TicketStatusSchema),
  priority: anyOf(PrioritySchema),
  severity: anyOf(SeveritySchema),
  type: anyOf(TicketTypeSchema),
  productId: Type.Optional(Uuid),
  moduleId: Type.Optional(Uuid),
  questionId: Type.Optional(Uuid),
  customerId: Type.Optional(Uuid),
  assigneeId: Type.Optional(
    Type.String({
      pattern: `^(me|none|${uuidText})$`,
      description: 'the lower-case UUID of a person, `me` for the caller, or `none` for tickets without an assignee'
    })
  ),
  assigneeActive: Type.Optional(
    Type.Boolean({
      description:
        'true: the assignee is active; false: the assignee is not active; tickets without an assignee match neither'
    })
  ),
  teamId: Type.Optional(TeamId),
  number: Type.Optional(PlainText(64)),
  externalId: Type.Optional(ExternalId),
  q: Type.Optional(PlainText(200, 'words of the subject, as in a web search')),
  createdAfter: Type.Optional(Instant),
  createdBefore: Type.Optional(Instant),
  sort: stringEnum(ticketSorts, { default: '-createdAt' }),
  ...PageQuery.properties
})
type Query = Static<typeof Query>

/**
 * Cursors by order: its positions, and whether they are of a list that moves. Any other cursor is of another list, or
 * of none.
 */
const cursors = new Map(ticketSorts.map((sort) => {
  const position = positionSchema(sort)
  return [sort, Type.Object({ sort: Type.Literal(sort), at: isSteady(sort) ? position : MovingPosition(position) })]
}))

/** GET /v1/tickets */
export function getTickets (app: App, { database, directory }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/tickets',
    config: { roles: access.listTickets },
    schema: {
      operationId: 'listTickets',
      summary: 'List tickets',
      description:
        'Customers see only their own tickets. `createdAfter` is inclusive, `createdBefore` is exclusive. Ordered ' +
        'by `createdAt`, tickets keep their places while you page. Ordered by `updatedAt` or `priority`, they ' +
        'move; tickets that change or appear meanwhile come after the last page, so every ticket is on at least ' +
        'one page and one that changed may be on two.',
      tags: ['tickets'],
      querystring: Query,
      response: { 200: pageOf(TicketSchema) }
    },
    handler: async ({ principal, query }) => {
      const { read } = database.forTenant(principal.tenantId)
      const page = await pageFor(read, principal.tenantId, filterOf(query, principal), query)
      return { ...page, items: await ticketViews(read, page.items, principal, directory) }
    }
  })
}

async function pageFor (
  read: Read,
  tenantId: string,
  filter: TicketFilter,
  { sort, limit, cursor }: Query
): Promise<Page<Ticket>> {
  const at: unknown = cursor === undefined ? null : (decodeCursor(cursor, cursors.get(sort)!) as { at: unknown }).at
  const ordered = async (after: TicketPosition | null, rows: number): Promise<Ticket[]> =>
    await listTickets(read, tenantId, filter, { sort, after, limit: rows })
  const positionIn = (row: Ticket): TicketPosition => positionOf(row, sort)
  if (isSteady(sort)) {
    return toPage(await ordered(at as TicketPosition | null, limit + 1), limit, (row) => ({
      sort,
      at: positionIn(row)
    }))
  }
  return await movingPage<Ticket, TicketPosition>(
    {
      limit,
      position: at as MovingList<Ticket, TicketPosition>['position'],
      begin: async () => await seenTransactions(read),
      ordered,
      written: async (seen, after, rows) =>
        await listWrittenTickets(read, tenantId, filter, { seen, after, limit: rows }),
      positionOf: positionIn,
      idOf: ({ id }) => id
    },
    (position) => ({ sort, at: position })
  )
}

const staffFilters = ['assigneeId', 'assigneeActive', 'teamId'] as const

function filterOf (query: Query, principal: Principal): TicketFilter {
  const { sort: _s, limit: _l, cursor: _c, createdAfter, createdBefore, assigneeId, ...filter } = query
  const customerId = ownOnly(principal)
  if (customerId !== null) {
    const faults = staffFilters
      .filter((field) => query[field] !== undefined)
      .map((field) => ({ in: 'query' as const, pointer: `/${field}`, message: 'is for staff' }))
    if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  }
  // a customer that asks for another's tickets asks for none
  const own = customerId === null || query.customerId === undefined || query.customerId === customerId
    ? customerId
    : nilUuid
  return {
    ...filter,
    ...(assigneeId === undefined ? {} : { assigneeId: assigneeOf(assigneeId, principal) }),
    ...(own === null ? {} : { customerId: own }),
    ...instantFilter('createdAfter', createdAfter),
    ...instantFilter('createdBefore', createdBefore)
  }
}

function assigneeOf (text: string, principal: Principal): string | null {
  if (text === 'none') return null
  return text === 'me' ? personOf(principal) ?? nilUuid : text
}

function instantFilter (name: 'createdAfter' | 'createdBefore', text: string | undefined): TicketFilter {
  if (text === undefined) return {}
  return { [name]: instantOf(text, `/${name}`, 'query') }
}
