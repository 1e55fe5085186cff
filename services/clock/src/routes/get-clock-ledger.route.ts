import { baseErrors, decodeCursor, pageOf, PageQuery, pathId, problem, toPage } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { firstLines, ledgerOf, type LedgerLine } from '../domain/ledger.ts'
import { readHistory } from '../store/clock-history.ts'
import { findClock } from './clock-view.ts'
import { entryOf, LedgerEntry } from './ledger-view.ts'
import type { Route } from './route-deps.ts'

/** Where the last line of the page before began. */
const Position = Type.Object({ from: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) })
const Query = Type.Object({
  ...PageQuery.properties,
  limit: Type.Integer({ ...PageQuery.properties.limit, default: 200 })
})

export const getClockLedger: Route = (app, { database, clock, calendars }) => {
  app.route({
    method: 'GET',
    url: '/v1/clocks/:clockId/ledger',
    config: { roles: access.getClockLedger, problems: ['not_found'], answers: { 200: 'A page of segments' } },
    schema: {
      operationId: 'getClockLedger',
      summary: 'Read the ledger of a clock',
      description:
        'The ledger lists the segments of a clock, the oldest first: its state, why, and who held the ticket. It ' +
        'is computed from the facts on each request. It changes while the clock runs and when a late fact ' +
        'arrives: each page shows the lines after the page before as they are now.',
      tags: ['clocks'],
      params: pathId('clockId'),
      querystring: Query,
      response: { 200: pageOf(LedgerEntry) }
    },
    async handler ({ params, query: { limit, cursor }, principal }) {
      const { read } = database.forTenant(principal.tenantId)
      const { clock: found } = await findClock(read, principal, params.clockId)
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Position).from
      const history = await readHistory(read, calendars, found, clock.now()) ?? problem(baseErrors.not_found)
      const lines = firstLines(ledgerOf(history.folded, history.calendars, history.asOf, after), limit + 1)
      const page = toPage(lines, limit, ({ from }: LedgerLine) => ({ from }))
      return { ...page, items: page.items.map(entryOf) }
    }
  })
}
