import { etagOf, pathId, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { insertVersion, publishedLast } from '../store/version-store.ts'
import { activeTemplate } from './active-template.ts'
import type { RouteDeps } from './route-deps.ts'
import { QuestionnaireObject, Rules, VersionSchema, versionView } from './template-shapes.ts'
import { assertStorable, faultsOf } from './version-checks.ts'

/** POST /v1/templates/{templateId}/versions */
export function postTemplateVersion (app: App, { database, clock, ids, converter }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/templates/:templateId/versions',
    config: { roles: access.createTemplateVersion, problems: ['not_found', 'template_inactive'], etag: true },
    schema: {
      operationId: 'createTemplateVersion',
      summary: 'Make a version from JSON',
      description: 'A draft, with everything that is wrong with it in `faults`. It counts only when it is published.',
      tags: ['templates'],
      params: pathId('templateId'),
      body: Type.Object({ questionnaire: QuestionnaireObject, rules: Type.Optional(Rules) }, {
        title: 'NewTemplateVersion',
        description: 'A draft to be made'
      }),
      response: { 201: VersionSchema }
    },
    handler: async (request, reply) => {
      const { questionnaire, rules = [] } = request.body
      assertStorable(questionnaire, '/questionnaire')
      assertStorable(rules, '/rules')
      const faults = await faultsOf(converter, questionnaire, rules)
      return await write(request, reply, database, async (tx) => {
        const { id: templateId } = await activeTemplate(tx, request.params.templateId)
        const source = { kind: 'api' as const, uploadId: null, fileName: null }
        const content = { questionnaire, rules, issues: [], faults, source }
        const stamps = { by: request.principal.subject, at: clock.now() }
        const made = await insertVersion(tx, {
          tenantId: tx.tenantId,
          id: ids.next(),
          templateId,
          ...content,
          ...stamps
        })
        const body = versionView(made, await publishedLast(tx, tx.tenantId, templateId))
        return { status: 201, body, headers: { etag: etagOf(1) } }
      })
    }
  })
}
