import { nullable, RoleSchema, stringEnum, Uuid } from '@dueline/contracts'
import type { App } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { Type } from 'typebox'
import { access } from '../access.ts'
import { managerIn, responsibleOf } from '../domain/responsibility.ts'
import { lineFrom } from '../store/reporting-lines.ts'
import { readResponsible, responsibleMax, type ResponsibleRow } from '../store/responsibility-store.ts'
import { refuse } from './aggregates.ts'
import type { RouteDeps } from './route-deps.ts'

/** Of so many people and leads the reporting lines are read, to find a manager. */
const linesMax = 10

const Responsible = Type.Object({
  scope: nullable(stringEnum(['module', 'product'], {
    title: 'ResponsibleScope',
    description: 'For what they are responsible: the module, or where nobody active is, the product'
  })),
  people: Type.Array(Type.Object({
    personId: Uuid,
    screenName: nullable(Type.String()),
    role: nullable(RoleSchema)
  }, {
    title: 'ResponsiblePerson',
    description: 'A person who is responsible; name and role: null until they arrive'
  })),
  teams: Type.Array(Type.Object({ teamId: Uuid, name: Type.String(), leadId: nullable(Uuid) }, {
    title: 'ResponsibleTeam',
    description: 'A team that is responsible, and who leads it'
  })),
  managerId: nullable({
    ...Uuid,
    description:
      'The responsible manager: the first manager or ceo who is active among these people, those who lead these ' +
      `teams, and who stands above each of them, one after the other (${linesMax} of them)`
  })
}, { title: 'Responsible', description: `Who is responsible; of ${responsibleMax} responsibilities at most` })

/** GET /v1/responsible */
export function getResponsible (app: App, { database }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/responsible',
    config: { roles: access.getResponsible },
    schema: {
      operationId: 'getResponsible',
      summary: 'Read who is responsible for a module or product',
      description:
        'Those of the module; where nobody is who is active, those of the product. Send both as a ticket has them. ' +
        'People who have left or are customers, and teams that are not active, are not named.',
      tags: ['organization'],
      querystring: Type.Object({ productId: Type.Optional(Uuid), moduleId: Type.Optional(Uuid) }),
      response: { 200: Responsible }
    },
    handler: async ({ principal: { tenantId }, query: { productId, moduleId } }) => {
      if (productId === undefined && moduleId === undefined) {
        refuse([{ in: 'query', pointer: '/moduleId', message: 'is required, or productId, or both' }])
      }
      const { read } = database.forTenant(tenantId)
      const { scope, found } = responsibleOf(await readResponsible(read, tenantId, { productId, moduleId }))
      return {
        scope,
        people: found.flatMap(({ person }) => person ?? []),
        teams: found.flatMap(({ team }) => team ?? []),
        managerId: await managerOf(read, tenantId, found)
      }
    }
  })
}

async function managerOf (read: Read, tenantId: string, found: readonly ResponsibleRow[]): Promise<string | null> {
  const asked = new Set(found.flatMap(({ person, team }) => person?.personId ?? team?.leadId ?? []))
  for (const personId of [...asked].slice(0, linesMax)) {
    const manager = managerIn(await lineFrom(read, tenantId, personId))
    if (manager !== null) return manager
  }
  return null
}
