import { baseErrors, decodeCursor, pageOf, PageQuery, pathId, problem, toPage } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { firstLines, ledgerOf, type LedgerLine } from '../domain/ledger.ts'
import { readHistory } from '../store/clock-history.ts'
import { findClock } from './clock-view.ts'
import { entryOf, LedgerEntry } from './ledger-view.ts'
import type { Route } from './parts.ts'

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
    config: { roles: access.getClockLedger, problems: ['not_found'] },
    schema: {
      operationId: 'getClockLedger',
      summary: 'Reads the spans of a clock: what it did, why, and who had the ticket',
      description: 'Oldest first, folded from the facts when asked for. A ledger changes while its clock runs, ' +
        'and when a late fact comes: a page shows the lines that begin after the page before as they are by now.',
      tags: ['clocks'],
      params: pathId('clockId'),
      querystring: Query,
      response: { 200: pageOf(LedgerEntry) }
    },
    async handler ({ params, query: { limit, cursor }, principal }) {
      const { clock: found } = await findClock(database.read, principal, params.clockId)
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Position).from
      const history = await readHistory(database.read, calendars, found, clock.now()) ?? problem(baseErrors.not_found)
      const lines = firstLines(ledgerOf(history.folded, history.calendars, history.asOf, after), limit + 1)
      const page = toPage(lines, limit, ({ from }: LedgerLine) => ({ from }))
      return { ...page, items: page.items.map(entryOf) }
    }
  })
}
