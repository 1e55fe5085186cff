import type { Micros } from '@dueline/business-time'
import { nullable, TicketStatusSchema, Uuid, type Actor } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { Fault } from '../domain/catalogue.ts'
import { assigned, factTime, moved, updated } from '../domain/changes.ts'
import { allowedMoves } from '../domain/status.ts'
import { teamFaults } from '../domain/team-and-unit-faults.ts'
import type { Ticket, TicketFact } from '../domain/ticket.ts'
import type { Person } from '../store/person-store.ts'
import type { Team } from '../store/team-store.ts'
import { assignableFault, personFaults } from './open-tickets.ts'
import { Reason, TeamId } from './schemas.ts'
import { checkedPatch, PatchFields, type PatchKnown } from './ticket-patch.ts'

/** What is to become of one ticket of a batch. */
export const TicketUpdate = Type.Object({
  ticketId: Uuid,
  version: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'The version that you have read; a ticket that has another one is not changed'
    })
  ),
  ...PatchFields.properties,
  assigneeId: Type.Optional(nullable({ ...Uuid, description: 'Null: nobody' })),
  teamId: Type.Optional(nullable(TeamId)),
  status: Type.Optional(TicketStatusSchema),
  reason: Type.Optional(nullable({ ...Reason, description: 'Why it gets the assignment and the status' }))
}, { additionalProperties: false, title: 'TicketUpdate', description: 'What is to change of one ticket' })
export type TicketUpdate = Static<typeof TicketUpdate>

/** What became of an item: the ticket after it and the facts that are to be written, or why nothing is. */
export type Outcome =
  | { status: 200, ticket: Ticket, facts: TicketFact[] }
  | { status: 400 | 404 | 409 | 412, faults: Fault[] }

/** What an item is held against. */
export interface Known extends PatchKnown {
  people: ReadonlyMap<string, Person>
  teams: ReadonlyMap<string, Team>
  now: Micros
  reopenWindowMicros: Micros
  /** The caller in a ticket of this customer. */
  actorFor: (ticket: Ticket) => Actor
}

/**
 * Computes an item: changed fields first, then the assignment, then the status, each a fact of its own, none where
 * nothing differs. All of it or nothing.
 */
export function updateOf (ticket: Ticket, update: TicketUpdate, known: Known): Outcome {
  const { ticketId: _, version, assigneeId, teamId, status, reason = null, ...fields } = update
  if (version !== undefined && version !== ticket.version) {
    return refused(412, '/version', `the ticket has version ${ticket.version}: read it again`)
  }
  if (Object.keys(fields).length === 0 && assigneeId === undefined && teamId === undefined && status === undefined) {
    return refused(400, '', 'must name what is to change')
  }
  const { patch, faults } = checkedPatch(ticket, fields, known)
  if (typeof assigneeId === 'string' && assigneeId !== ticket.assigneeId) {
    faults.push(...personFaults(known.people.get(assigneeId), '/assigneeId', assignableFault))
  }
  if (teamId !== ticket.teamId) faults.push(...teamFaults(teamId, known.teams))
  if (faults.length > 0) return { status: 400, faults }
  const isMove = status !== undefined && status !== ticket.status
  const moves = isMove ? allowedMoves(ticket, known.now, known.reopenWindowMicros) : []
  if (isMove && !moves.includes(status)) {
    const allowed = moves.length === 0 ? 'nothing' : moves.join(', ')
    return refused(409, '/status', `from ${ticket.status} a ticket can be moved to ${allowed}`)
  }
  const to = {
    assigneeId: assigneeId === undefined ? ticket.assigneeId : assigneeId,
    teamId: teamId === undefined ? ticket.teamId : teamId
  }
  const actor = known.actorFor(ticket)
  const facts: TicketFact[] = []
  const apply = (fact: (now: Ticket, at: Micros) => TicketFact | null): void => {
    const last = facts.at(-1)?.ticket ?? ticket
    const made = fact(last, factTime(last, known.now))
    if (made !== null) facts.push(made)
  }
  apply((now, at) => updated(now, patch, at, actor))
  apply((now, at) => assigned(now, to, reason, at, actor))
  if (isMove) apply((now, at) => moved(now, status, reason, at, actor))
  return { status: 200, ticket: facts.at(-1)?.ticket ?? ticket, facts }
}

/** A refusal of an item, with what would be right. */
export function refused (status: 400 | 404 | 409 | 412, pointer: string, message: string): Outcome {
  return { status, faults: [{ pointer, message }] }
}
