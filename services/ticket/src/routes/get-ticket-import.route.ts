import { instantText } from '@dueline/contracts'
import { baseErrors, pathId, problem } from '@dueline/http'
import { formatInstant } from '@dueline/business-time'
import type { App } from '@dueline/http'
import { findImport } from '../store/import-store.ts'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { ImportSchema } from './schemas.ts'

/** GET /v1/ticket-imports/{importId} */
export function getTicketImport (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/ticket-imports/:importId',
    config: { roles: access.getTicketImport },
    schema: {
      operationId: 'getTicketImport',
      summary: 'Read the state of an import',
      description: 'Counts the lines that are done, that were refused and that are duplicates.',
      tags: ['imports'],
      params: pathId('importId'),
      response: { 200: ImportSchema }
    },
    handler: async ({ principal, params: { importId } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const { createdBy: _, ...stored } = await findImport(read, principal.tenantId, importId) ??
        problem(baseErrors.not_found)
      return { ...stored, createdAt: formatInstant(stored.createdAt), finishedAt: instantText(stored.finishedAt) }
    }
  })
}
