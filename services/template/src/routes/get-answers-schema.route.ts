import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { readableVersion } from './readable-version.ts'
import type { RouteDeps } from './route-deps.ts'

export const JsonSchemaObject = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  additionalProperties: true,
  title: 'JsonSchema',
  description: 'A JSON Schema (2020-12)',
  examples: [{ type: 'object', properties: { impact: { enum: ['one', 'all'] } }, required: ['impact'] }]
})

/** GET /v1/template-versions/{templateVersionId}/answers-schema */
export function getAnswersSchema (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/template-versions/:templateVersionId/answers-schema',
    config: { roles: access.getAnswersSchema, problems: ['not_found'] },
    schema: {
      operationId: 'getAnswersSchema',
      summary: 'Read the JSON Schema of answers',
      description: 'Of answers as they are kept. It says what can be said without conditions and patterns: whatever ' +
        'is valid fits it, not the other way round. A draft has one when it has no faults.',
      tags: ['templates'],
      params: pathId('templateVersionId'),
      response: { 200: JsonSchemaObject }
    },
    handler: async ({ principal, params: { templateVersionId } }) => {
      const { read } = database.forTenant(principal.tenantId)
      const { questionnaire, faults } = await readableVersion(read, principal, templateVersionId)
      if (faults.length > 0) problem(baseErrors.not_found, { detail: 'a draft with faults has no schema of answers' })
      // loaded with the first question: who has no templates does not pay for it
      const { answersSchema } = await import('@dueline/questionnaire')
      return answersSchema(questionnaire as never)
    }
  })
}
