import { isCustomer, nullable, RoleSchema, Uuid } from '@dueline/contracts'
import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { nextLevelUp } from '../domain/reporting-line.ts'
import { readLevels } from '../store/level-store.ts'
import { findPerson } from '../store/person-store.ts'
import { lineFrom, lineMax } from '../store/reporting-lines.ts'
import { LevelSchema } from './levels.ts'
import type { RouteDeps } from './route-deps.ts'

const Superior = Type.Object({
  personId: Uuid,
  screenName: Type.String(),
  role: RoleSchema,
  active: Type.Boolean(),
  level: nullable(LevelSchema)
}, { title: 'Superior', description: 'Somebody in a reporting line' })

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
export function getReportingLine (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/reporting-line',
    config: { roles: access.getReportingLine },
    schema: {
      operationId: 'getReportingLine',
      summary: 'Read who stands above a person',
      description:
        'The chain upwards, and who stands at the next level up, whatever the tenant calls its levels. Whoever has ' +
        'become a customer is passed over.',
      tags: ['organization'],
      params: pathId('personId'),
      response: { 200: ReportingLine }
    },
    handler: async ({ principal: { tenantId }, params: { personId } }) => {
      const { read } = database.forTenant(tenantId)
      const person = await findPerson(read, tenantId, personId) ?? problem(baseErrors.not_found)
      const [{ levels }, above] = await Promise.all([
        readLevels(read, tenantId),
        lineFrom(read, tenantId, person.managerId)
      ])
      const line = above.filter(({ role }) => !isCustomer(role))
      const levelOf = (key: string | null) => levels.find((level) => level.key === key) ?? null
      return {
        personId,
        level: levelOf(person.level),
        line: line.map(({ managerId: _, level, ...superior }) => ({ ...superior, level: levelOf(level) })),
        nextLevelUp: nextLevelUp(line, person.level, levels)
      }
    }
  })
}
