import { baseErrors, pageOf, problem } from '@dueline/http'
import { ledgerOf } from '../domain/ledger.ts'
import { readHistory } from '../store/clock-history.ts'
import { auditors, ClockParams, findClock } from './clock-view.ts'
import { entryOf, LedgerEntry } from './ledger-view.ts'
import type { Route } from './parts.ts'

export const getClockLedger: Route = (app, { database, clock, calendars }) => {
  app.route({
    method: 'GET',
    url: '/v1/clocks/:clockId/ledger',
    config: { roles: auditors, problems: ['not_found'] },
    schema: {
      operationId: 'getClockLedger',
      summary: 'Reads every span of a clock: what it did, why, and who had the ticket',
      description: 'Always the whole ledger, folded from the facts when asked for; `nextCursor` is null.',
      tags: ['clocks'],
      params: ClockParams,
      response: { 200: pageOf(LedgerEntry) }
    },
    async handler ({ params, principal }) {
      const { clock: found } = await findClock(database.read, principal, params.clockId)
      const history = await readHistory(database.read, calendars, found, clock.now()) ?? problem(baseErrors.not_found)
      return { items: ledgerOf(history.folded, history.calendars, history.asOf).map(entryOf), nextCursor: null }
    }
  })
}
