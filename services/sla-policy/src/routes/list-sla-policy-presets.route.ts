import { stringEnum } from '@dueline/contracts'
import type { App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { presets } from '../domain/presets.ts'
import { defaultsToWire, PolicySettings } from './policy-settings.ts'

const { forbidOverlap, oneRowPerSeverityAndPriority, defaults } = PolicySettings.properties
const Preset = Type.Object({
  id: stringEnum(presets.map(({ id }) => id)),
  description: Type.String(),
  settings: Type.Object({ forbidOverlap, oneRowPerSeverityAndPriority, defaults }, {
    title: 'PresetSettings',
    description: 'What `PUT /v1/sla-policy-settings` takes as it is'
  })
}, { title: 'PolicyPreset', description: 'Settings that a kind of house starts with' })

/** GET /v1/sla-policy-presets: settings to start with, each a body of `PUT /v1/sla-policy-settings`. */
export function listSlaPolicyPresets (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/sla-policy-presets',
    config: { roles: access.listSlaPolicyPresets, answers: { 200: 'The presets' } },
    schema: {
      operationId: 'listSlaPolicyPresets',
      summary: 'List presets of the settings',
      description: 'Send the `settings` of one to `PUT /v1/sla-policy-settings`, and publish.',
      tags: ['sla table'],
      response: { 200: Type.Object({ items: Type.Array(Preset) }) }
    },
    handler: async () => ({
      items: presets.map(({ settings, ...preset }) => ({
        ...preset,
        settings: { ...settings, defaults: defaultsToWire(settings.defaults) }
      }))
    })
  })
}
