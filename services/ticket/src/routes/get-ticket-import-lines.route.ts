import { nullable, stringEnum, Uuid } from '@dueline/contracts'
import { baseErrors, decodeCursor, pageOf, PageQuery, pathId, problem, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { findImport, listImportLines } from '../store/import-store.ts'
import { access } from '../access.ts'
import { VersionCursor } from './get-messages.route.ts'
import type { RouteDeps } from './route-deps.ts'

const LineFault = Type.Object({ pointer: Type.String(), message: Type.String() }, {
  title: 'ImportLineFault',
  description: 'What is wrong, with a JSON pointer into the line'
})
const Line = Type.Object({
  line: Type.Integer({ minimum: 1 }),
  externalId: nullable(Type.String()),
  ticketId: nullable(Uuid),
  state: stringEnum(['pending', 'imported', 'continued', 'duplicate', 'rejected']),
  fault: nullable(LineFault),
  faults: Type.Array(LineFault),
  ticketVersion: nullable(Type.Integer({ description: 'The ticket’s version when the line ended' }))
}, { title: 'TicketImportLine', description: 'What became of a line of an import' })

/** GET /v1/ticket-imports/{importId}/lines */
export function getTicketImportLines (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/ticket-imports/:importId/lines',
    config: { roles: access.listTicketImportLines, answers: { 200: 'A page of lines' } },
    schema: {
      operationId: 'listTicketImportLines',
      summary: 'List what became of each line of an import',
      description: '`fault` is the first of `faults`. For a duplicate, the ticket is the one that existed before.',
      tags: ['imports'],
      params: pathId('importId'),
      querystring: PageQuery,
      response: { 200: pageOf(Line) }
    },
    handler: async ({ principal, params: { importId }, query: { limit, cursor } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const afterLine = cursor === undefined ? 0 : decodeCursor(cursor, VersionCursor)
      await findImport(read, principal.tenantId, importId) ?? problem(baseErrors.not_found)
      const rows = await listImportLines(read, principal.tenantId, importId, { afterLine, limit: limit + 1 })
      const page = toPage(rows, limit, (row) => row.line)
      return {
        ...page,
        items: page.items.map(({ faults, ...row }) => ({ ...row, fault: faults?.[0] ?? null, faults: faults ?? [] }))
      }
    }
  })
}
