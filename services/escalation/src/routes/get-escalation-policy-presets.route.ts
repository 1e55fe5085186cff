import { pageOf, type App } from '@dueline/http'
import { access } from '../access.ts'
import { preset } from '../domain/escalation-policy.ts'
import { PresetSchema } from './escalation-policy-schema.ts'

/** GET /v1/escalation-policies/presets */
export function getEscalationPolicyPresets (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/escalation-policies/presets',
    config: { roles: access.listEscalationPolicyPresets, answers: { 200: 'The built-in escalation policies' } },
    schema: {
      operationId: 'listEscalationPolicyPresets',
      summary: 'Read the built-in escalation policy',
      description: 'It applies where no escalation policy of the tenant fits. Each item is a valid body for `POST ' +
        '/v1/escalation-policies`.',
      tags: ['escalation policies'],
      response: { 200: pageOf(PresetSchema) }
    },
    handler: async () => ({ items: [structuredClone(preset) as never], nextCursor: null })
  })
}
