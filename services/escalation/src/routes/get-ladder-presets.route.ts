import { pageOf, type App } from '@dueline/http'
import { preset } from '../domain/ladder.ts'
import { PresetSchema } from './ladder-schema.ts'
import { readers } from './parts.ts'

/** GET /v1/ladders/presets */
export function getLadderPresets (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/ladders/presets',
    config: { roles: readers },
    schema: {
      operationId: 'listLadderPresets',
      summary: 'Read the built-in ladder',
      description:
        'It is in force where the tenant has no ladder that fits; each item is a body for `POST /v1/ladders`.',
      tags: ['ladders'],
      response: { 200: pageOf(PresetSchema) }
    },
    handler: async () => ({ items: [structuredClone(preset) as never], nextCursor: null })
  })
}
