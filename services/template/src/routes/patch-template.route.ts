import { baseErrors, etagOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { isUniqueViolation } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { errors } from '../errors.ts'
import { findTemplate, oneName, updateTemplate } from '../store/template-store.ts'
import { inForceVersions } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { Name, TemplateSchema, templateView } from './template-shapes.ts'

/** PATCH /v1/templates/{templateId} */
export function patchTemplate (app: App, { database, clock }: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/templates/:templateId',
    config: {
      roles: access.updateTemplate,
      problems: ['not_found', 'template_name_taken', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateTemplate',
      summary: 'Change a template',
      description: 'Renames it, or takes it out of use or back into use. Its questions keep it.',
      tags: ['templates'],
      params: pathId('templateId'),
      body: Type.Object({ name: Type.Optional(Name), active: Type.Optional(Type.Boolean()) }, {
        minProperties: 1,
        title: 'TemplatePatch',
        description: 'What is to change of a template'
      }),
      response: { 200: TemplateSchema }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const before = await findTemplate(tx, tx.tenantId, request.params.templateId, { lock: true }) ??
          problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        const { name = before.name, active = before.active } = request.body
        const isSame = name.trim() === before.name && active === before.active
        const after = isSame
          ? before
          : { ...before, name: name.trim(), active, version: before.version + 1, updatedAt: clock.now() }
        await updateTemplate(tx, after).catch((error: unknown) => {
          throw isUniqueViolation(error, oneName) ? problem(errors.template_name_taken) : error
        })
        const inForce = (await inForceVersions(tx, tx.tenantId, [after.id])).get(after.id) ?? null
        const headers = { etag: etagOf(after.version, inForce) }
        return { status: 200, body: templateView(after, inForce), headers }
      })
  })
}
