import { etagOf, pathId, write, type App } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { access } from '../access.ts'
import { carryRules, type Carried } from '../conversion/carry-rules.ts'
import type { Converter } from '../conversion/converter.ts'
import { rulesToCarry, withDroppedRules } from '../domain/template-version.ts'
import { insertVersion, newestVersion, publishedLast, type TemplateVersion } from '../store/version-store.ts'
import { activeTemplate } from './active-template.ts'
import type { RouteDeps } from './route-deps.ts'
import { QuestionnaireObject, Rules, VersionSchema, versionView } from './template-shapes.ts'
import { assertStorable, faultsOf, refuse } from './version-checks.ts'

const NewVersion = Type.Object({ questionnaire: QuestionnaireObject, rules: Type.Optional(Rules) }, {
  title: 'NewTemplateVersion',
  description: 'A draft to be made'
})

/** POST /v1/templates/{templateId}/versions */
export function postTemplateVersion (app: App, { database, clock, ids, converter }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/templates/:templateId/versions',
    config: { roles: access.createTemplateVersion, problems: ['not_found', 'template_inactive'], etag: true },
    schema: {
      operationId: 'createTemplateVersion',
      summary: 'Make a version from JSON',
      description: 'A draft, with everything that is wrong with it in `faults`. It counts only when it is published. ' +
        'When `rules` are left out, those of the version made before it are taken over; which of them do not fit is ' +
        'among its `issues`. An empty list is none.',
      tags: ['templates'],
      params: pathId('templateId'),
      body: NewVersion,
      response: { 201: VersionSchema }
    },
    handler: async (request, reply) => {
      const { params: { templateId }, principal: { tenantId }, body: { questionnaire } } = request
      assertStorable(request.body, '')
      const before = await newestVersion(database.forTenant(tenantId).read, tenantId, templateId)
      const { rules, dropped, faults } = await rulesOf(request.body, before, converter)
      return await write(request, reply, database, async (tx) => {
        await activeTemplate(tx, templateId)
        const source = { kind: 'api' as const, uploadId: null, fileName: null }
        const content = { questionnaire, rules, issues: withDroppedRules([], dropped), faults, source }
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

/** The rules that are sent, or those of the version before where none are. */
async function rulesOf (
  { questionnaire, rules }: Static<typeof NewVersion>,
  before: TemplateVersion | undefined,
  converter: Converter
): Promise<Carried> {
  if (rules !== undefined) return { rules, dropped: [], faults: await faultsOf(converter, questionnaire, rules) }
  const carried = await carryRules(converter, questionnaire, rulesToCarry(before))
  return 'refused' in carried ? refuse('/questionnaire', carried.refused.message) : carried
}
