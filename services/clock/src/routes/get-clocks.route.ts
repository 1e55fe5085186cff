import type { Micros } from '@dueline/business-time'
import {
  clockStates,
  Instant,
  kindsForCustomers,
  metrics,
  priorities,
  AgreementKindSchema,
  stringEnum,
  Uuid,
  type AgreementKind,
  existingInstant,
  instantFault
} from '@dueline/contracts'
import {
  baseErrors,
  decodeCursor,
  movingPage,
  MovingPosition,
  pageOf,
  PageQuery,
  problem,
  type Fault,
  type MovingList
} from '@dueline/http'
import { seenTransactions } from '@dueline/postgres'
import { Type } from 'typebox'
import { access, ownOnly } from '../access.ts'
import { waitUntilFolded } from './folded-wait.ts'
import {
  listClocks,
  listWrittenClocks,
  positionOf,
  positions,
  sorts,
  type ClockOfCase,
  type Position
} from '../store/clock-list.ts'
import { ClockView, viewsOf } from './clock-view.ts'
import type { Route } from './route-deps.ts'

/** Cursors by order: deadlines move, and the start of a clock may by a fact that arrives late. */
const cursors = new Map(
  sorts.map((sort) => [sort, Type.Object({ sort: Type.Literal(sort), at: MovingPosition(positions[sort]) })])
)

const Query = Type.Object({
  ticketId: Type.Optional(Uuid),
  state: Type.Optional(Type.Array(stringEnum(clockStates), { description: 'Any of these states' })),
  metric: Type.Optional(Type.Array(stringEnum(metrics), { description: 'Any of these metrics' })),
  kind: Type.Optional(AgreementKindSchema),
  priority: Type.Optional(Type.Array(stringEnum(priorities), { description: 'Any of these priorities of the ticket' })),
  assigneeId: Type.Optional(Uuid),
  dueBefore: Type.Optional(Instant),
  dueAfter: Type.Optional(Instant),
  breached: Type.Optional(Type.Boolean({ description: 'true: only breached clocks, false: only others' })),
  sort: stringEnum(sorts, { default: 'dueAt', description: 'Clocks without a deadline come last' }),
  waitFor: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'With ticketId: a ticket version. The answer waits, up to two seconds, ' +
        'until what follows from that version is in the clocks'
    })
  ),
  ...PageQuery.properties
})

export const getClocks: Route = (app, { database, clock, config, calendars, advanced }) => {
  app.route({
    method: 'GET',
    url: '/v1/clocks',
    config: { roles: access.listClocks },
    schema: {
      operationId: 'listClocks',
      summary: 'List clocks',
      description:
        'Consumed and remaining time are as of `serverTime`. Customers see the clocks of their own tickets, and ' +
        'only those of kind `sla`. Clocks move while you page. Clocks that change or appear meanwhile come after ' +
        'the last page, so every clock is on at least one page; one that changed may be on two.',
      tags: ['clocks'],
      querystring: Query,
      response: { 200: pageOf(ClockView) }
    },
    async handler ({ query, principal }) {
      const { read } = database.forTenant(principal.tenantId)
      const { ticketId, waitFor, sort, cursor, limit, dueBefore, dueAfter, kind, ...plain } = query
      const { tenantId } = principal
      const customerId = ownOnly(principal)
      const { between, faults } = readRange({ dueBefore, dueAfter })
      if (waitFor !== undefined && ticketId === undefined) {
        faults.push({ in: 'query', pointer: '/waitFor', message: 'needs ticketId' })
      }
      if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
      const position = cursor === undefined
        ? null
        : (decodeCursor(cursor, cursors.get(sort)!) as { at: MovingList<ClockOfCase, Position>['position'] }).at
      if (waitFor !== undefined && ticketId !== undefined) {
        await waitUntilFolded(
          { database, advanced },
          { tenantId, ticketId, version: waitFor },
          config.WAIT_FOR_MS,
          (ticket) => customerId === undefined || ticket.customerId === customerId
        )
      }
      const kinds = kindsOf(kind, customerId === undefined)
      const filter = { tenantId, customerId, ticketId, kinds, ...between, ...plain }
      const page = await movingPage<ClockOfCase, Position>({
        limit,
        position,
        begin: async () => await seenTransactions(read),
        ordered: async (after, rows) => await listClocks(read, filter, sort, after, rows),
        written: async (seen, after, rows) => await listWrittenClocks(read, filter, seen, after, rows),
        positionOf: ({ clock }) => positionOf(sort, clock),
        idOf: ({ clock }) => clock.id
      }, (at) => ({ sort, at }))
      return { ...page, items: await viewsOf(read, calendars, page.items, clock.now()) }
    }
  })
}

/** The kinds to list: those that were asked for, less those that the caller must not see. */
function kindsOf (kind: AgreementKind | undefined, seesAll: boolean): AgreementKind[] | undefined {
  if (seesAll) return kind === undefined ? undefined : [kind]
  return kindsForCustomers.filter((each) => kind === undefined || each === kind)
}

/** The pattern of an instant lets days through that no month has. */
function readRange (
  texts: Record<'dueBefore' | 'dueAfter', string | undefined>
): { between: Record<'dueBefore' | 'dueAfter', Micros | undefined>, faults: Fault[] } {
  const faults: Fault[] = []
  const read = (name: 'dueBefore' | 'dueAfter'): Micros | undefined => {
    const text = texts[name]
    if (text === undefined) return undefined
    const instant = existingInstant(text)
    if (instant === null) faults.push({ in: 'query', pointer: `/${name}`, message: instantFault })
    return instant ?? undefined
  }
  return { between: { dueBefore: read('dueBefore'), dueAfter: read('dueAfter') }, faults }
}
