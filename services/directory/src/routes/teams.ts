import { nullable, Uuid } from '@dueline/contracts'
import { problem } from '@dueline/http'
import { Type } from 'typebox'
import { added } from '../domain/drafts.ts'
import { emptyTeam, type TeamDraft } from '../domain/team.ts'
import { errors } from '../errors.ts'
import { aggregateStore, type Stamped } from '../store/aggregate-store.ts'
import { isResponsible } from '../store/responsibility-store.ts'
import { team } from '../store/tables.ts'
import type { Mention } from '../upstreams/references.ts'
import { uniqueName, viewOf, type Aggregate } from './aggregates.ts'
import { idsOf, Name, Stamps } from './route-deps.ts'

const fields = {
  name: Name,
  leadId: nullable({ ...Uuid, description: 'Who answers for it, of the staff; need not be a member' }),
  memberIds: idsOf('Its members, of the staff'),
  calendarId: nullable({ ...Uuid, description: 'When it works' }),
  productIds: idsOf('The products that it covers'),
  moduleIds: idsOf('The modules that it covers'),
  active: Type.Boolean({ description: 'false: it is given no more tickets' })
}

/** Body of a new team. */
export const NewTeam = Type.Object({ ...Type.Partial(Type.Object(fields)).properties, name: Name }, {
  title: 'NewTeam',
  description: 'A team to be made'
})
/** Body of a change. */
export const TeamPatch = Type.Partial(Type.Object(fields), {
  title: 'TeamPatch',
  description: 'What is to change of a team; lists are replaced as a whole',
  minProperties: 1
})
/** A team on the wire. */
export const Team = Type.Object({
  id: Uuid,
  ...fields,
  memberIds: Type.Array(Uuid, { description: 'Its members; more than 200 only where SCIM sets them' }),
  ...Stamps
}, {
  title: 'Team',
  description: 'People who work on tickets together. Tickets name a team by its id: their `teamId`'
})

function mentions (next: TeamDraft, before: TeamDraft): Mention[] {
  const one = (pointer: string, kind: Mention['kind'], id: string | null, known: string | null): Mention[] =>
    id === null || id === known ? [] : [{ pointer, kind, id }]
  const many = (field: 'memberIds' | 'productIds' | 'moduleIds', kind: Mention['kind']): Mention[] =>
    added(field, next[field], before[field]).map((each) => ({ ...each, kind }))
  return [
    ...one('/leadId', 'staff', next.leadId, before.leadId),
    ...many('memberIds', 'staff'),
    ...one('/calendarId', 'calendar', next.calendarId, before.calendarId),
    ...many('productIds', 'product'),
    ...many('moduleIds', 'module')
  ]
}

/** How teams are stored and announced. */
export const teams: Aggregate<TeamDraft> = {
  path: '/v1/teams',
  store: aggregateStore<TeamDraft & Stamped>(team),
  unique: uniqueName('team_name'),
  empty: emptyTeam,
  view: viewOf,
  mentions,
  async beforeDelete (tx, id) {
    if (await isResponsible(tx, id)) problem(errors.team_in_use)
  },
  event ({ createdAt: _, updatedAt: _at, ...snapshot }, deleted) {
    return {
      type: 'dueline.team.changed.v1',
      subject: `team/${snapshot.id}`,
      data: { team: { ...snapshot, active: snapshot.active && !deleted }, deleted }
    }
  }
}
