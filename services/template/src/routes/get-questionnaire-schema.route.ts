import type { App } from '@dueline/http'
import { access } from '../access.ts'
import { JsonSchemaObject } from './get-answers-schema.route.ts'

/** GET /v1/questionnaire-schema */
export function getQuestionnaireSchema (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/questionnaire-schema',
    config: { roles: access.getQuestionnaireSchema },
    schema: {
      operationId: 'getQuestionnaireSchema',
      summary: 'Read the JSON Schema of questionnaires',
      description: 'Of the format `dueline.questionnaire.v1`. Names, expressions and cycles are checked beyond it.',
      tags: ['templates'],
      response: { 200: JsonSchemaObject }
    },
    handler: async () => {
      const { questionnaireSchema } = await import('@dueline/questionnaire')
      return questionnaireSchema as unknown as Record<string, unknown>
    }
  })
}
