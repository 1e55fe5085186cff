import { Uuid } from '@dueline/contracts'
import { problem, baseErrors, write, type AnyRequest, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { customerFaultsOf } from '../imports/table-state.ts'
import { pagesOf } from '../spreadsheets/pages.ts'
import { idsOfRows, saveRows } from '../store/sla-row-store.ts'
import { dotted, planIn } from './planned-rows.ts'
import { RowFilter, storedFilter } from './list-sla-rows.route.ts'
import type { RouteDeps } from './route-deps.ts'
import { SlaRowPatch } from './sla-rows.ts'
import { ChangeOptions, decideChange, TableChange } from './table-changes.ts'

const rowsMax = 10_000
const Body = Type.Object({
  rows: Type.Object({
    ids: Type.Optional(Type.Array(Uuid, { maxItems: 1_000, uniqueItems: true })),
    ...RowFilter
  }, { title: 'SlaRowSelection', description: 'Which rows: those that fit all of it', minProperties: 1 }),
  change: SlaRowPatch,
  ...ChangeOptions
}, { title: 'SlaRowsChange', description: 'One change of many rows' })

/** POST /v1/sla-rows/changes: one change of every row that a filter finds. */
export function postSlaRowsChange (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/sla-rows/changes',
    config: {
      roles: access.changeSlaRows,
      problems: ['validation_failed', 'unavailable'],
      answers: { 200: 'What came of each row' }
    },
    schema: {
      operationId: 'changeSlaRows',
      summary: 'Change many rows of the SLA table',
      description: `Puts one change over each of the rows that \`rows\` finds, at most ${rowsMax}. Like a change of ` +
        'one row it has no effect on tickets until the table is published.',
      tags: ['sla table'],
      body: Body,
      response: { 200: TableChange }
    },
    async handler (request, reply) {
      const { rows: { ids, ...filter }, change, ...options } = request.body
      const selection = { ...storedFilter(filter, 'body'), ...(ids === undefined ? {} : { ids }) }
      const customerFault = await customerFaultsOf(request as AnyRequest, deps.people, [change.customerId])
      return await write(request, reply, deps.database, async (tx) => {
        const found = await idsOfRows(tx, tx.tenantId, selection, rowsMax + 1)
        if (found.length > rowsMax) {
          const message = `finds more than ${rowsMax} rows; narrow it`
          problem(baseErrors.validation_failed, { faults: [{ pointer: '/rows', message }] })
        }
        const given = found.map((id, index) => ({ line: index + 1, id, version: null, body: change, faults: [] }))
        const planned = await planIn(tx, deps, {
          ids: found,
          // a row that was deleted meanwhile is not made anew
          given: (_names, existing) => pagesOf(given.filter(({ id }) => existing.has(id))),
          fieldOf: dotted,
          customerFault
        })
        const { stored, answer } = decideChange(planned, options)
        await saveRows(tx, stored.map(({ row }) => row!))
        return { status: 200, body: answer }
      })
    }
  })
}
