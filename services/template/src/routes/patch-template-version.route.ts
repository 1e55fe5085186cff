import { isDeepStrictEqual } from 'node:util'
import { baseErrors, etagOf, pathId, problem, requireIfMatch, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { confirm } from '../domain/template-version.ts'
import { errors } from '../errors.ts'
import { findVersion, publishedLast, updateVersion, type TemplateVersion } from '../store/version-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { QuestionnaireObject, Rules, VersionSchema, versionView } from './template-shapes.ts'
import { assertStorable, faultsOf, refuse } from './version-checks.ts'

const Patch = Type.Object({
  questionnaire: Type.Optional(QuestionnaireObject),
  rules: Type.Optional(Rules),
  confirmed: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), {
    maxItems: 500,
    description: 'Ids of issues that a person has looked at and found right, or has put right'
  }))
}, { minProperties: 1, title: 'TemplateVersionPatch', description: 'What is to change of a draft' })

/** PATCH /v1/template-versions/{templateVersionId} */
export function patchTemplateVersion (app: App, { database, clock, converter }: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/template-versions/:templateVersionId',
    config: {
      roles: access.updateTemplateVersion,
      problems: ['not_found', 'version_published', 'precondition_failed', 'precondition_required']
    },
    schema: {
      operationId: 'updateTemplateVersion',
      summary: 'Change a draft',
      description: 'Replaces its questions or its rules as a whole, and confirms issues of its file.',
      tags: ['templates'],
      params: pathId('templateVersionId'),
      body: Patch,
      response: { 200: VersionSchema }
    },
    handler: async (request, reply) => {
      const { params: { templateVersionId: id }, principal: { tenantId, subject }, body } = request
      assertStorable(body, '')
      const seen = await findVersion(database.forTenant(tenantId).read, tenantId, id) ?? problem(baseErrors.not_found)
      const { questionnaire = seen.questionnaire, rules = seen.rules } = body
      const isSameContent = isDeepStrictEqual(questionnaire, seen.questionnaire) && isDeepStrictEqual(rules, seen.rules)
      const faults = isSameContent ? seen.faults : await faultsOf(converter, questionnaire, rules)
      return await write(request, reply, database, async (tx) => {
        const before = await findVersion(tx, tenantId, id, { lock: true }) ?? problem(baseErrors.not_found)
        requireIfMatch(request, before.version)
        if (before.state === 'published') problem(errors.version_published)
        // what was looked at outside of the transaction is what is there
        if (before.version !== seen.version) problem(baseErrors.precondition_failed)
        const { issues, unknown } = confirm(before.issues, body.confirmed ?? [], subject)
        if (unknown.length > 0) refuse('/confirmed', `must be ids of issues of this version: ${unknown[0]} is none`)
        const after: TemplateVersion = isSameContent && isDeepStrictEqual(issues, before.issues)
          ? before
          : { ...before, questionnaire, rules, issues, faults, version: before.version + 1, updatedAt: clock.now() }
        await updateVersion(tx, after)
        const published = await publishedLast(tx, tenantId, after.templateId)
        const headers = { etag: etagOf(after.version, published?.id ?? null) }
        return { status: 200, body: versionView(after, published), headers }
      })
    }
  })
}
