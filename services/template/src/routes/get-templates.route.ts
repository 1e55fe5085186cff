import { NamedText, Uuid } from '@dueline/contracts'
import { decodeCursor, pageOf, PageQuery, toPage, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { listTemplates } from '../store/template-store.ts'
import { inForceVersions } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { TemplateSchema, templateView } from './template-shapes.ts'

/** GET /v1/templates */
export function getTemplates (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/templates',
    config: { roles: access.listTemplates },
    schema: {
      operationId: 'listTemplates',
      summary: 'List templates',
      description: 'The oldest comes first. `q` finds parts of names.',
      tags: ['templates'],
      querystring: Type.Object({
        active: Type.Optional(Type.Boolean()),
        q: Type.Optional(NamedText(200, 'part of the name; case does not count')),
        ...PageQuery.properties
      }),
      response: { 200: pageOf(TemplateSchema) }
    },
    handler: async ({ principal: { tenantId }, query: { active, q, limit, cursor } }) => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, Uuid)
      const { read } = database.forTenant(tenantId)
      const found = await listTemplates(read, tenantId, { limit: limit + 1, after, active, q })
      const page = toPage(found, limit, ({ id }) => id)
      const inForce = await inForceVersions(read, tenantId, page.items.map(({ id }) => id))
      return { ...page, items: page.items.map((each) => templateView(each, inForce.get(each.id) ?? null)) }
    }
  })
}
