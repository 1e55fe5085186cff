import { Readable } from 'node:stream'
import { csvLine, nilUuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { cellsOf, columns } from '../people-csv/columns.ts'
import { peopleAfter, type ExportedPerson } from '../store/people-import-store.ts'
import type { RouteDeps } from './route-deps.ts'

const perRead = 1_000

/** GET /v1/people-export */
export function getPeopleExport (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people-export',
    config: { roles: access.exportPeople, area: 'people', answers: { 200: 'A CSV file' } },
    schema: {
      operationId: 'exportPeople',
      summary: 'Export people as CSV',
      description:
        'Everybody, in UTF-8 with a byte order mark, as `POST /v1/people-imports` takes it: sent back as it is, it ' +
        'changes nothing. What a spreadsheet would compute (`=`, `+`, `-` or `@` at the start) is led by an ' +
        'apostrophe, which the import takes away again. `managerId` is the external id of the manager, or else the id.',
      tags: ['people'],
      produces: ['text/csv'],
      response: { 200: Type.Unsafe<Readable>({ type: 'string' }) }
    },
    handler: async ({ principal: { tenantId } }, reply) => {
      const { read } = database.forTenant(tenantId)
      // before anything is sent: what fails here is a problem yet
      const first = await peopleAfter(read, tenantId, nilUuid, perRead)
      return await reply.type('text/csv; charset=utf-8')
        .send(Readable.from(linesOf(read, tenantId, first), { objectMode: false }))
    }
  })
}

/** A page of people at a time: a tenant may have more than the memory holds. */
async function* linesOf (read: Read, tenantId: string, first: readonly ExportedPerson[]): AsyncGenerator<string> {
  yield `\ufeff${csvLine(columns)}`
  for (let page = first; page.length > 0;) {
    yield page.map(({ person, managerRef }) => csvLine(cellsOf(person, managerRef))).join('')
    page = page.length < perRead ? [] : await peopleAfter(read, tenantId, page.at(-1)!.person.id, perRead)
  }
}
