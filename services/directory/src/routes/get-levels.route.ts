import { etagOf, type App } from '@dueline/http'
import { access } from '../access.ts'
import { readLevels } from '../store/level-store.ts'
import { Levels, levelsView } from './levels.ts'
import type { RouteDeps } from './route-deps.ts'

/** GET /v1/levels */
export function getLevels (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/levels',
    config: { roles: access.getLevels, etag: true },
    schema: {
      operationId: 'getLevels',
      summary: 'Read the levels of the hierarchy',
      description: 'From the lowest to the highest. A tenant that has set none has the preset `support-desk`. ' +
        'The `ETag` is what a change needs in `If-Match`.',
      tags: ['organization'],
      response: { 200: Levels }
    },
    handler: async ({ principal: { tenantId } }, reply) => {
      const found = await readLevels(database.forTenant(tenantId).read, tenantId)
      reply.header('etag', etagOf(found.version))
      return levelsView(found)
    }
  })
}
