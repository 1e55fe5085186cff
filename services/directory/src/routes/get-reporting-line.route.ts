import { nullable, RoleSchema, Uuid } from '@dueline/contracts'
import { pathId, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { nextLevelUp } from '../domain/reporting-line.ts'
import { readLevels } from '../store/level-store.ts'
import { findPosition, lineFrom, lineMax } from '../store/position-store.ts'
import { LevelSchema } from './levels.ts'
import { requirePerson } from './positions.ts'
import type { RouteDeps } from './route-deps.ts'

const Superior = Type.Object({
  personId: Uuid,
  screenName: nullable(Type.String()),
  role: nullable(RoleSchema),
  active: Type.Boolean(),
  level: nullable(LevelSchema)
}, { title: 'Superior', description: 'Somebody in a reporting line; name and role are null until they have arrived' })

const ReportingLine = Type.Object({
  personId: Uuid,
  level: nullable(LevelSchema),
  line: Type.Array(Superior, { description: `Upwards, the manager first; at most ${lineMax}` }),
  nextLevelUp: nullable({
    ...Uuid,
    description:
      'The first active person of the line at a higher level; where a level is not known, the first active one'
  })
}, { title: 'ReportingLine', description: 'Who stands above a person' })

/** GET /v1/people/{personId}/reporting-line */
export function getReportingLine (app: App, deps: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/reporting-line',
    config: { roles: access.getReportingLine },
    schema: {
      operationId: 'getReportingLine',
      summary: 'Read who stands above a person',
      description: 'The chain upwards, and who stands at the next level up, whatever the tenant calls its levels.',
      tags: ['organization'],
      params: pathId('personId'),
      response: { 200: ReportingLine }
    },
    handler: async (request) => {
      const { principal: { tenantId }, params: { personId } } = request
      const { read } = deps.database.forTenant(tenantId)
      const position = await findPosition(read, tenantId, personId)
      if (position.version === 0) await requirePerson(request, deps, personId)
      const [{ levels }, line] = await Promise.all([
        readLevels(read, tenantId),
        lineFrom(read, tenantId, position.managerId)
      ])
      const levelOf = (key: string | null) => levels.find((level) => level.key === key) ?? null
      return {
        personId,
        level: levelOf(position.level),
        line: line.map(({ managerId: _, level, ...superior }) => ({ ...superior, level: levelOf(level) })),
        nextLevelUp: nextLevelUp(line, position.level, levels)
      }
    }
  })
}
