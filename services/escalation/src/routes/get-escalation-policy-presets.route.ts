import { pageOf, type App } from '@dueline/http'
import { access } from '../access.ts'
import { preset } from '../domain/escalation-policy.ts'
import { PresetSchema } from './escalation-policy-schema.ts'

/** GET /v1/escalation-policies/presets */
export function getEscalationPolicyPresets (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/escalation-policies/presets',
    config: { roles: access.listEscalationPolicyPresets },
    schema: {
      operationId: 'listEscalationPolicyPresets',
      summary: 'Read the built-in escalation policy',
      description: 'It is in force where the tenant has no escalation policy that fits; ' +
        'each item is a body for `POST /v1/escalation-policies`.',
      tags: ['escalation policies'],
      response: { 200: pageOf(PresetSchema) }
    },
    handler: async () => ({ items: [structuredClone(preset) as never], nextCursor: null })
  })
}
