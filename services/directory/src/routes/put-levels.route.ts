import { stringEnum } from '@dueline/contracts'
import { etagOf, problem, requireIfMatch, write, type App, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { cleanedLevels, levelFault, levelFaults, presetNames, presets, type Level } from '../domain/levels.ts'
import { errors } from '../errors.ts'
import { lockOrganization, readLevels, saveLevels } from '../store/level-store.ts'
import { levelsInUse, rolesAtLevels } from '../store/reporting-lines.ts'
import { eventFrame, refuse } from './aggregates.ts'
import { LevelList, Levels, levelsView } from './levels.ts'
import type { RouteDeps } from './route-deps.ts'

// One object with optional fields: a choice of objects answers a slip with the faults of every branch.
const Body = Type.Object({
  preset: Type.Optional(stringEnum(presetNames, { description: 'A built-in hierarchy' })),
  levels: Type.Optional(LevelList)
}, { title: 'LevelsUpdate', description: 'Exactly one: a preset, or the levels', minProperties: 1, maxProperties: 1 })

/** PUT /v1/levels */
export function putLevels (app: App, { database, clock, ids, outbox }: RouteDeps): void {
  app.route({
    method: 'PUT',
    url: '/v1/levels',
    config: {
      roles: access.updateLevels,
      problems: ['validation_failed', 'precondition_required', 'precondition_failed', 'level_in_use']
    },
    schema: {
      operationId: 'updateLevels',
      summary: 'Set the levels of the hierarchy',
      description:
        'All of them, from the lowest to the highest, or a preset by its name. Keys and names must differ; a level ' +
        'stands for a role that is not below that of a level before it. People stay at a level by its key: it stands ' +
        'for another role only when nobody is at it whose role does not fit.',
      tags: ['organization'],
      body: Body,
      response: { 200: Levels }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { body: { preset, levels = [] } } = request
        await lockOrganization(tx, tx.tenantId)
        const before = await readLevels(tx, tx.tenantId)
        requireIfMatch(request, before.version)
        const next = cleanedLevels(preset === undefined ? levels : presets[preset])
        refuse(levelFaults(next))
        if (before.version > 0 && JSON.stringify(next) === JSON.stringify(cleanedLevels(before.levels))) {
          return { status: 200, body: levelsView(before), headers: { etag: etagOf(before.version) } }
        }
        const gone = before.levels.map(({ key }) => key).filter((key) => next.every((level) => level.key !== key))
        const inUse = await levelsInUse(tx, gone)
        if (inUse.length > 0) problem(errors.level_in_use, { extra: { levels: inUse } })
        refuse(await roleFaults(tx, before.levels, next, preset !== undefined))
        const updatedAt = Math.max(clock.now(), (before.updatedAt ?? 0) + 1)
        const set = { levels: next, version: before.version + 1, updatedAt }
        await saveLevels(tx, set)
        await outbox.add(tx, [{
          ...eventFrame(tx, ids, tx.tenantId, set),
          type: 'dueline.levels.changed.v1',
          subject: `levels/${tx.tenantId}`,
          data: { levels: next, version: set.version }
        }])
        return { status: 200, body: levelsView(set), headers: { etag: etagOf(set.version) } }
      })
  })
}

/** Levels that would stand for another role than people who are at them have. */
async function roleFaults (
  tx: TenantTx,
  before: readonly Level[],
  next: readonly Level[],
  isPreset: boolean
): Promise<Fault[]> {
  const roles = new Map(before.map(({ key, role }) => [key, role]))
  const changed = next.filter(({ key, role }) => roles.has(key) && roles.get(key) !== role)
  const there = await rolesAtLevels(tx, changed.map(({ key }) => key))
  return changed.flatMap(({ key, role }) => {
    const misfits = there.filter((each) => each.level === key && levelFault(next, key, each.role) !== null)
    const people = misfits.reduce((sum, each) => sum + each.people, 0)
    const pointer = isPreset ? '/preset' : `/levels/${next.findIndex((level) => level.key === key)}/role`
    const message = `of level ${key} would be ${role}, which the role of ${people} at it is not: move them first`
    return people === 0 ? [] : [{ pointer, message }]
  })
}
