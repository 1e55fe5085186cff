import {
  availabilityReasons,
  AvailabilityStateSchema,
  Instant,
  instantText,
  isCustomer,
  LanguageSchema,
  nullable,
  RoleSchema,
  stringEnum,
  TicketStatusSchema,
  Uuid
} from '@dueline/contracts'
import { baseErrors, pathId, problem, type App } from '@dueline/http'
import { Type, type Static } from 'typebox'
import { access, authorize } from '../access.ts'
import {
  findProfiled,
  openCounts,
  responsibilitiesMax,
  responsibilitiesOf,
  setUntil,
  type ProfiledPerson
} from '../store/profile-store.ts'
import { agentsOf, capacityOf } from '../store/snapshot-store.ts'
import type { RouteDeps } from './route-deps.ts'

const Workload = Type.Object({
  openTickets: Type.Array(
    Type.Object({ status: TicketStatusSchema, count: Type.Integer({ minimum: 1 }) }, {
      title: 'OpenTicketCount',
      description: 'How many tickets of a person have a status'
    }),
    { description: 'By status; a status that no ticket has is left out' }
  ),
  points: Type.Integer({ minimum: 0, description: 'What the open tickets take, by the capacity rules of the tenant' }),
  capacityPoints: Type.Integer({ minimum: 0, description: 'What the person can carry at once' })
}, { title: 'PersonWorkload', description: 'What a person has to do, against what it can carry' })

const Profile = Type.Object({
  id: Uuid,
  role: RoleSchema,
  screenName: Type.String(),
  originalName: nullable(
    Type.String({ description: 'As the directory has it; null for customers, who see the screen name only' })
  ),
  languages: Type.Array(LanguageSchema, { description: 'In which the person is written to' }),
  managerId: nullable(Uuid),
  active: Type.Boolean(),
  responsibilities: nullable(
    Type.Array(
      Type.Object({ productId: nullable(Uuid), moduleId: nullable(Uuid) }, {
        title: 'ProfileResponsibility',
        description: 'A product or a module'
      }),
      { maxItems: responsibilitiesMax, description: 'What the person is responsible for itself, not by a team' }
    )
  ),
  availability: nullable(
    Type.Object({
      state: AvailabilityStateSchema,
      reason: stringEnum(availabilityReasons, {
        title: 'ProfileAvailabilityReason',
        description: 'What made the state; calendar: that by which the person works'
      }),
      until: nullable({ ...Instant, description: 'When what was set by hand ends to count' })
    }, { title: 'ProfileAvailability', description: 'Whether the person can be given work' })
  ),
  workload: nullable(Workload),
  ratings: nullable(
    Type.Object({ average: Type.Number({ minimum: 1, maximum: 5 }), count: Type.Integer({ minimum: 0 }) }, {
      title: 'PersonRatings',
      description: 'How customers have rated the person; always null until customers can review'
    })
  ),
  performance: nullable(
    Type.Object({
      resolvedTickets: Type.Integer({ minimum: 0 }),
      withinTargetPercent: Type.Number({ minimum: 0, maximum: 100 })
    }, {
      title: 'PersonPerformance',
      description: 'What the person has done in time; always null until a service has the history'
    })
  )
}, {
  title: 'PersonProfile',
  description: 'A person of the staff. Customers get null for `originalName`, `managerId`, `responsibilities` and ' +
    '`availability`, which the directory shows to the staff; `workload` is null for whoever is neither the person, ' +
    'nor above it in the reporting line, nor a ceo or an administrator'
})

/** GET /v1/people/{personId}/profile */
export function getPersonProfile (app: App, { database, clock, calendars }: RouteDeps): void {
  app.route({
    method: 'GET',
    url: '/v1/people/:personId/profile',
    config: { roles: access.getPersonProfile, area: 'people' },
    schema: {
      operationId: 'getPersonProfile',
      summary: 'Read the profile of a person',
      description:
        'Names, responsibilities, availability, and the open tickets against capacity. The staff sees what the ' +
        'directory shows it too; the workload is for the person, managers above it, ceos and administrators. ' +
        'Customers see the screen name, and have no profile themselves: 404.',
      tags: ['people'],
      params: pathId('personId'),
      response: { 200: Profile }
    },
    handler: async ({ principal, params: { personId } }) => {
      const { tenantId } = principal
      const { read } = database.forTenant(tenantId)
      const person = await findProfiled(read, tenantId, personId) ?? problem(baseErrors.not_found)
      if (isCustomer(person.role)) problem(baseErrors.not_found)
      if (!authorize(principal, 'seeInternals')) return publicProfile(person)
      const { points, defaultCapacityPoints } = await capacityOf(read, tenantId)
      const agents = await agentsOf(read, tenantId, [personId], {
        points,
        defaultCapacityPoints,
        at: clock.now(),
        calendars
      })
      const { availability: state, reason, load, capacity } = agents[personId] ?? problem(baseErrors.not_found)
      return {
        ...publicProfile(person),
        originalName: person.name,
        managerId: person.managerId,
        responsibilities: await responsibilitiesOf(read, tenantId, personId),
        availability: {
          state,
          reason,
          until: reason === 'set' ? instantText(await setUntil(read, tenantId, personId)) : null
        },
        workload: authorize(principal, 'seeWholeProfile', person)
          ? { openTickets: await openCounts(read, tenantId, personId), points: load, capacityPoints: capacity }
          : null
      }
    }
  })
}

function publicProfile ({ id, role, screenName, languages, active }: ProfiledPerson): Static<typeof Profile> {
  return {
    id,
    role,
    screenName,
    originalName: null,
    languages: [...languages],
    managerId: null,
    active,
    responsibilities: null,
    availability: null,
    workload: null,
    ratings: null,
    performance: null
  }
}
