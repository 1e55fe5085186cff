import { conditionSchema } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'

/** GET /v1/sla-rows/schema: the JSON Schema of a row's condition (`when`). */
export function getSlaRowSchema (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-rows/schema',
    config: { roles: access.getSlaRowSchema, answers: { 200: 'The JSON Schema' } },
    schema: {
      operationId: 'getSlaRowSchema',
      summary: 'Read the JSON Schema of a condition',
      description: 'Draft 2020-12, for editors and clients. The service checks conditions by the same rules.',
      tags: ['sla table'],
      response: {
        200: Type.Object({
          when: Type.Unsafe<object>({ type: 'object', additionalProperties: true, description: 'a JSON Schema' })
        })
      }
    },
    handler: async () => ({ when: conditionSchema })
  })
}
