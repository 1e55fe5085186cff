import { stringEnum } from '@dueline/contracts'
import { pageOf, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { presetNames, presets } from '../domain/levels.ts'
import { LevelList } from './levels.ts'

const Preset = Type.Object({ preset: stringEnum(presetNames), levels: LevelList }, {
  title: 'LevelPreset',
  description: 'Built-in levels'
})

/** GET /v1/levels/presets */
export function getLevelPresets (app: App): void {
  app.route({
    method: 'GET',
    url: '/v1/levels/presets',
    config: { roles: access.listLevelPresets, answers: { 200: 'The built-in hierarchies' } },
    schema: {
      operationId: 'listLevelPresets',
      summary: 'List the built-in levels',
      description: '`PUT /v1/levels` takes one by its name, or its levels changed to your liking.',
      tags: ['organization'],
      response: { 200: pageOf(Preset) }
    },
    handler: async () => ({
      items: presetNames.map((preset) => ({ preset, levels: [...presets[preset]] })),
      nextCursor: null
    })
  })
}
