import { stringEnum } from '@dueline/contracts'
import {
  baseErrors,
  decodeCursor,
  movingPage,
  MovingPosition,
  pageOf,
  problem,
  toPage,
  type App,
  type MovingList,
  type Page
} from '@dueline/http'
import { seenTransactions, type Read } from '@dueline/postgres'
import { Type } from 'typebox'
import { access, ownOnly } from '../access.ts'
import type { Ticket } from '../domain/ticket.ts'
import { DeadlinePosition, deadlinePositionOf, listTicketsByDeadline, type DeadlineSort } from '../store/due-list.ts'
import {
  isSteady,
  listTickets,
  listWrittenTickets,
  positionOf,
  positionSchema,
  type TicketFilter,
  type TicketPosition,
  type TicketSort
} from '../store/ticket-list.ts'
import { unknownTickets } from '../store/ticket-store.ts'
import { checkExpanded, expanded, messagesInLists } from './expand.ts'
import type { RouteDeps } from './route-deps.ts'
import { TicketSchema } from './schemas.ts'
import { filterOf, Query, sorts } from './ticket-query.ts'
import { ticketViews } from './views.ts'

/**
 * Cursors by order: its positions, and whether they are of a list that moves. Any other cursor is of another list, or
 * of none.
 */
const cursors = new Map(sorts.map((sort) => {
  const position = isByDeadline(sort) ? DeadlinePosition : positionSchema(sort as TicketSort)
  return [
    sort,
    Type.Object({ sort: Type.Literal(sort), at: isSteady(sort as TicketSort) ? position : MovingPosition(position) })
  ]
}))
const OfAnyOrder = Type.Object({ sort: stringEnum(sorts) })

function isByDeadline (sort: Query['sort']): sort is DeadlineSort {
  return sort.endsWith('dueAt')
}

/** The position in a cursor of this order. @throws Problem 400 that names the order of which it is */
function placeOf (cursor: string, sort: Query['sort']): unknown {
  const { sort: made } = decodeCursor(cursor, OfAnyOrder)
  if (made !== sort) {
    const message = `is of a list with sort=${made}; send that, or begin this one without a cursor`
    problem(baseErrors.validation_failed, { faults: [{ in: 'query', pointer: '/cursor', message }] })
  }
  return (decodeCursor(cursor, cursors.get(sort)!) as { at: unknown }).at
}

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
        'Customers see only their own tickets. `createdAfter`, `updatedAfter` and `dueAfter` are inclusive, ' +
        '`createdBefore` and `dueBefore` exclusive. Ordered by `createdAt`, tickets keep their places while you ' +
        'page. Ordered by `updatedAt`, `priority` or `dueAt` (the next deadline; tickets without one come last), ' +
        'they move; tickets that change or appear meanwhile come after the last page, so every ticket is on at ' +
        'least one page and one that changed may be on two. An id in `ids` of no ticket that you may see is refused.',
      tags: ['tickets'],
      querystring: Query,
      response: { 200: pageOf(TicketSchema) }
    },
    handler: async ({ principal, query }) => {
      const { read } = database.forTenant(principal.tenantId)
      const { tenantId } = principal
      checkExpanded(query)
      const { sort: _s, limit: _l, cursor: _c, expand = [], ...filters } = query
      const filter = filterOf(filters, principal)
      if (query.ids !== undefined) await refuseUnknown(read, tenantId, query.ids, ownOnly(principal))
      const page = await pageFor(read, tenantId, filter, query)
      const items = await ticketViews(read, page.items, principal, directory)
      return { ...page, items: await expanded(read, items, expand, principal, { each: messagesInLists }) }
    }
  })
}

async function refuseUnknown (
  read: Read,
  tenantId: string,
  ids: readonly string[],
  customerId: string | null
): Promise<void> {
  const unknown = await unknownTickets(read, tenantId, ids, customerId)
  const faults = ids.flatMap((id, i) =>
    unknown.has(id) ? [{ in: 'query' as const, pointer: `/ids/${i}`, message: 'no such ticket' }] : []
  )
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
}

type Position = TicketPosition | DeadlinePosition

async function pageFor (
  read: Read,
  tenantId: string,
  filter: TicketFilter,
  { sort, limit, cursor }: Query
): Promise<Page<Ticket>> {
  const at = cursor === undefined ? null : placeOf(cursor, sort)
  const ordered = async (after: Position | null, rows: number): Promise<Ticket[]> =>
    isByDeadline(sort)
      ? await listTicketsByDeadline(read, tenantId, filter, { sort, after: after as DeadlinePosition, limit: rows })
      : await listTickets(read, tenantId, filter, { sort, after: after as TicketPosition, limit: rows })
  const positionIn = (row: Ticket): Position => isByDeadline(sort) ? deadlinePositionOf(row) : positionOf(row, sort)
  if (isSteady(sort as TicketSort)) {
    return toPage(await ordered(at as Position | null, limit + 1), limit, (row) => ({
      sort,
      at: positionIn(row)
    }))
  }
  return await movingPage<Ticket, Position>(
    {
      limit,
      position: at as MovingList<Ticket, Position>['position'],
      begin: async () => await seenTransactions(read),
      ordered,
      written: async (seen, after, rows) =>
        await listWrittenTickets(read, tenantId, filter, { seen, after, limit: rows, byDeadline: isByDeadline(sort) }),
      positionOf: positionIn,
      idOf: ({ id }) => id
    },
    (position) => ({ sort, at: position })
  )
}
