import {
  availabilityReasons,
  AvailabilityStateSchema,
  nullable,
  RoleSchema,
  stringEnum,
  Uuid
} from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import { overviewMax } from '../store/overview-store.ts'

const count = (description: string) => Type.Integer({ minimum: 0, description })

/** What open tickets come to; kept flat, so that it can be part of other shapes. */
export const workFields = {
  openTickets: count('Tickets that are not resolved, closed or cancelled'),
  points: count('What these take, by the capacity rules of the tenant'),
  atRiskClocks: count('Deadlines agreed with customers that have been warned of and are not missed yet'),
  breachedClocks: count('Deadlines agreed with customers that are missed while the ticket still waits for it'),
  openEscalations: count('Escalations of these tickets that are not stopped')
}

/** Always null; who needs it can rely on its shape once there is history. */
export const performance = nullable(
  Type.Object({
    resolvedTickets: Type.Integer({ minimum: 0 }),
    withinTargetPercent: Type.Number({ minimum: 0, maximum: 100 })
  }, {
    title: 'TeamPerformance',
    description: 'What was done in time; always null until a service has the history: here is only what is open'
  })
)

const TeamMember = Type.Object({
  id: Uuid,
  role: RoleSchema,
  screenName: Type.String(),
  active: Type.Boolean({ description: 'false: has left, and still has open tickets' }),
  availability: Type.Object({
    state: AvailabilityStateSchema,
    reason: stringEnum(availabilityReasons, {
      title: 'TeamMemberAvailabilityReason',
      description: 'What made the state; calendar: that by which the person works'
    })
  }, { title: 'TeamMemberAvailability', description: 'Whether the person can be given work' }),
  capacityPoints: count('What the person can carry at once; 0 for who has left'),
  ...workFields
}, { title: 'TeamMember', description: 'A person of a team and what it has to do' })

export const TeamOverview = Type.Object({
  personId: Uuid,
  members: Type.Array(TeamMember, {
    maxItems: overviewMax,
    description: 'Who is below the person in the reporting line or in a team that it leads, by screen name'
  }),
  capped: Type.Boolean({ description: 'true: there may be more people or open tickets than were looked at' }),
  totals: Type.Object({
    members: count('People in the list'),
    available: count('Those of them who can be given work'),
    capacityPoints: count('What they can carry at once'),
    ...workFields
  }, { title: 'TeamTotals', description: 'The sums of the members' }),
  performance
}, { title: 'TeamOverview', description: 'The people of a manager: availability, load, deadlines, escalations' })
export type TeamOverview = Static<typeof TeamOverview>

const divisionFields = {
  people: count('Active people who work for it'),
  available: count('Those of them who can be given work'),
  capacityPoints: count('What these people can carry at once, whatever else they work for'),
  unassigned: count('Open tickets that nobody has'),
  ...workFields
}

const Division = Type.Object({
  id: nullable({ ...Uuid, description: 'Null: what belongs to none that is listed' }),
  name: nullable(Type.String()),
  ...divisionFields
}, { title: 'OrganizationDivision', description: 'A product or a team: its load against the capacity of its people' })
export type Division = Static<typeof Division>

const UnitDivision = Type.Object({
  ...Division.properties,
  parentId: nullable({ ...Uuid, description: 'The unit above; null: none' })
}, { title: 'OrganizationUnit', description: 'A unit: the load of its own people against their capacity' })

export const OrganizationOverview = Type.Object({
  personId: Uuid,
  byProduct: Type.Array(Division, {
    maxItems: overviewMax + 1,
    description: 'By name; people work for a product when they, or a team of theirs, are responsible for it or a module'
  }),
  byTeam: Type.Array(Division, { maxItems: overviewMax + 1, description: 'By name, with its members' }),
  byUnit: Type.Array(UnitDivision, {
    maxItems: overviewMax + 1,
    description:
      'By name, each without the units below it, which have their own lines; a ticket counts where whoever ' +
      'has it belongs to'
  }),
  capped: Type.Boolean({
    description: 'true: there may be more products, teams, units or open tickets than were looked at'
  }),
  totals: Type.Object(divisionFields, {
    title: 'OrganizationTotals',
    description: 'Each person and each ticket once: less than the sum where people work for several'
  }),
  performance
}, { title: 'OrganizationOverview', description: 'All that is open in a tenant, by product, by team and by unit' })
