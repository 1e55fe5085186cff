import { nullable, PrioritySchema, SeveritySchema, stringEnum, Uuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { findingBounds, findingCodes } from '../domain/findings.ts'
import { packed, pagesOf } from '../spreadsheets/pages.ts'
import { allItems } from '../store/catalogue-store.ts'
import { rowPagesOf, seeOneState } from '../store/sla-row-store.ts'
import { NullableUuid, type RouteDeps } from './route-deps.ts'

const Finding = Type.Object({
  code: stringEnum(findingCodes, {
    description: 'shadowed: the row can never win, `otherRowIds` always do; overlap: it covers the same as those; ' +
      'expired: it is over; archived: it names what is no longer offered; gap: no row for everybody holds for a ' +
      'priority of a product'
  }),
  rowId: nullable(Uuid),
  otherRowIds: Type.Array(Uuid),
  productId: NullableUuid,
  priority: nullable(PrioritySchema),
  severities: Type.Array(SeveritySchema, { description: 'of a gap that is not there for all of them' }),
  message: Type.String()
}, { title: 'SlaRowFinding', description: 'Something about the SLA table that is probably not meant' })

/** GET /v1/sla-rows/findings: what to look at before the table is published. */
export function listSlaRowFindings (app: App, { database, clock, tables }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-rows/findings',
    config: { roles: access.listSlaRowFindings, answers: { 200: 'What to look at' } },
    schema: {
      operationId: 'listSlaRowFindings',
      summary: 'Look for mistakes in the SLA table',
      description: 'Of the active rows as they are edited: rows that can never win and by which, rows that cover the ' +
        `same, rows that are over or name what is archived, and gaps. At most ${findingBounds.findingsMax} findings. ` +
        'None of them keeps the table from being published.',
      tags: ['sla table'],
      response: {
        200: Type.Object({
          items: Type.Array(Finding),
          complete: Type.Boolean({
            description: 'false: there are more, or the table is too large to compare all rows'
          })
        })
      }
    },
    async handler (request) {
      const { tenantId } = request.principal
      const table = await database.forTenant(tenantId).tx(async (tx) => {
        await seeOneState(tx)
        const items = await allItems(tx, tenantId)
        return {
          products: await packed(pagesOf(items.product)),
          others: await packed(pagesOf([...items.module, ...items.question])),
          rows: await packed(rowPagesOf(tx, tenantId, { active: true }, Infinity))
        }
      })
      const { findings, complete } = await tables.findings({ ...table, now: clock.now() })
      return {
        items: findings.map((one) => ({
          ...one,
          otherRowIds: [...one.otherRowIds],
          severities: [...one.severities]
        })),
        complete
      }
    }
  })
}
