import { parseInstant, type Micros } from '@dueline/business-time'
import { clockStates, Instant, metrics, priorities, PromiseKindSchema, stringEnum, Uuid } from '@dueline/contracts'
import { baseErrors, decodeCursor, pageOf, PageQuery, problem, toPage, type Fault } from '@dueline/http'
import { Type } from 'typebox'
import { waitUntilSettled } from '../settled-wait.ts'
import { listClocks, positionOf, sorts } from '../store/clock-list.ts'
import { ClockView, readers, seesOwnOnly, viewsOf } from './clock-view.ts'
import type { Route } from './parts.ts'

const Position = Type.Object({ sort: stringEnum(sorts), at: Type.Union([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Type.Null()]), id: Uuid })

const Query = Type.Object({
  ticketId: Type.Optional(Uuid),
  state: Type.Optional(Type.Array(stringEnum(clockStates), { description: 'Any of these states' })),
  metric: Type.Optional(Type.Array(stringEnum(metrics), { description: 'Any of these metrics' })),
  kind: Type.Optional(PromiseKindSchema),
  priority: Type.Optional(Type.Array(stringEnum(priorities), { description: 'Any of these priorities of the ticket' })),
  assigneeId: Type.Optional(Uuid),
  dueBefore: Type.Optional(Instant),
  dueAfter: Type.Optional(Instant),
  breached: Type.Optional(Type.Boolean({ description: 'true: only breached clocks, false: only others' })),
  sort: stringEnum(sorts, { default: 'dueAt', description: 'Clocks without a deadline come last' }),
  waitFor: Type.Optional(Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'With ticketId: a ticket version. The answer waits, up to two seconds, until what follows from that version is in the clocks' })),
  ...PageQuery.properties
})

export const getClocks: Route = (app, { database, clock, config, calendars, advanced }) => {
  app.route({
    method: 'GET',
    url: '/v1/clocks',
    config: { roles: readers },
    schema: {
      operationId: 'listClocks',
      summary: 'Lists clocks',
      description: 'Consumed and remaining time are computed at `serverTime`. Customers see the clocks of their own tickets.',
      tags: ['clocks'],
      querystring: Query,
      response: { 200: pageOf(ClockView) }
    },
    async handler ({ query, principal }) {
      const { ticketId, waitFor, sort, cursor, limit, dueBefore, dueAfter, ...plain } = query
      const { tenantId, personId } = principal
      const customerId = seesOwnOnly(principal) ? personId : undefined
      const { between, faults } = readRange({ dueBefore, dueAfter })
      if (waitFor !== undefined && ticketId === undefined) faults.push({ in: 'query', pointer: '/waitFor', message: 'needs ticketId' })
      if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
      const after = cursor === undefined ? null : decodeCursor(cursor, Position)
      if (after !== null && (after.sort !== sort || (sort === 'startedAt' && after.at === null))) {
        problem(baseErrors.validation_failed, { faults: [{ in: 'query', pointer: '/cursor', message: 'belongs to a list with another sort' }] })
      }
      if (waitFor !== undefined && ticketId !== undefined) {
        await waitUntilSettled({ database, advanced }, { tenantId, ticketId, version: waitFor }, config.WAIT_FOR_MS, (ticket) => customerId === undefined || ticket.customerId === customerId)
      }
      const rows = await listClocks(database.read, { tenantId, customerId, ticketId, ...between, ...plain }, sort, after, limit + 1)
      const page = toPage(rows, limit, ({ clock }) => ({ sort, ...positionOf(sort, clock) }))
      return { ...page, items: await viewsOf(database.read, calendars, page.items, clock.now()) }
    }
  })
}

/** The pattern of an instant lets days through that no month has. */
function readRange (texts: Record<'dueBefore' | 'dueAfter', string | undefined>): { between: Record<'dueBefore' | 'dueAfter', Micros | undefined>, faults: Fault[] } {
  const faults: Fault[] = []
  const read = (name: 'dueBefore' | 'dueAfter'): Micros | undefined => {
    const text = texts[name]
    if (text === undefined) return undefined
    try {
      return parseInstant(text)
    } catch {
      faults.push({ in: 'query', pointer: `/${name}`, message: 'is not an instant from 1970 to 2255' })
      return undefined
    }
  }
  return { between: { dueBefore: read('dueBefore'), dueAfter: read('dueAfter') }, faults }
}
