import { etagOf, problem, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { insertTemplate, oneName } from '../store/template-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { Name, TemplateSchema, templateView } from './template-shapes.ts'

/** POST /v1/templates */
export function postTemplate (app: App, { database, clock, ids }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/templates',
    config: { roles: access.createTemplate, problems: ['template_name_taken'] },
    schema: {
      operationId: 'createTemplate',
      summary: 'Create a template',
      description: 'It has no version yet: upload a file, or make a version from JSON.',
      tags: ['templates'],
      body: Type.Object({ name: Name }, { title: 'NewTemplate', description: 'A template to be made' }),
      response: { 201: TemplateSchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const at = clock.now()
        const stamps = { version: 1, createdAt: at, createdBy: request.principal.subject, updatedAt: at }
        const { tenantId } = tx
        const made = {
          tenantId,
          id: ids.next(),
          name: request.body.name.trim(),
          active: true,
          lastNumber: 0,
          ...stamps
        }
        await insertTemplate(tx, made).catch((error: unknown) => {
          throw isUniqueViolation(error, oneName) ? problem(errors.template_name_taken) : error
        })
        const headers = { etag: etagOf(1), location: `/v1/templates/${made.id}` }
        return { status: 201, body: templateView(made, null), headers }
      })
  })
}
