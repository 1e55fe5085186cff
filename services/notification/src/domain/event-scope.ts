import type { DuelineEvent, PublishedEvent, TicketSnapshot, TicketSummary } from '@dueline/contracts'
import { customersEvent, visibility } from './visibility.ts'

/** Whose a ticket is and who works on it, as its newest version says. */
export interface TicketScope {
  readonly customerId: string
  readonly assigneeId: string | null
  readonly teamId: string | null
  readonly version: number
}

/** Who may read an event, and what its readers choose it by: decided once, when it is appended to the feed. */
export interface EventScope {
  /** The ticket that it is about. */
  readonly ticketId: string | null
  /** The customer who may know of it. */
  readonly customerId: string | null
  /** To whom it is addressed. */
  readonly personId: string | null
  /** Who had the ticket before it and who has it after it; '' is nobody. Empty: not known, or no ticket. */
  readonly assignees: readonly string[]
  /** The same of teams. */
  readonly teams: readonly string[]
}

/** The ticket that an event is about; null where there is none, or it is an inbox that it tells of. */
export function ticketIdOf ({ type, data }: DuelineEvent): string | null {
  if (visibility[type].circle === 'person') return null
  if ('ticket' in data) return data.ticket.id
  return 'message' in data && 'ticketId' in data.message ? data.message.ticketId : null
}

/** What an event that carries the whole ticket says about it. */
export function ticketScopeOf ({ data }: DuelineEvent): TicketScope | undefined {
  if (!('ticket' in data) || !isWhole(data.ticket)) return undefined
  const { customerId, assigneeId, teamId, version } = data.ticket
  return { customerId, assigneeId, teamId, version }
}

/**
 * Who may read an event of which `before` was known until then and `now` is with it. A customer reads it only when the
 * event and the newest version of its ticket agree on whose it is: what comes late of a ticket that was another's is
 * for neither. Where nothing is known yet, the event's own word counts.
 */
export function eventScopeOf (
  event: DuelineEvent,
  before: TicketScope | undefined,
  now: TicketScope | undefined
): EventScope {
  const rule = visibility[event.type]
  const { data } = event
  if (rule.circle === 'person' && 'personId' in data) {
    return { ticketId: null, customerId: data.personId, personId: data.personId, assignees: [], teams: [] }
  }
  const message = rule.circle === 'addressee' && 'message' in data ? data.message : undefined
  const personId = message !== undefined && 'personId' in message ? message.personId : null
  const named = 'ticket' in data ? data.ticket : undefined
  const ticketId = rule.circle === 'tenant' ? null : ticketIdOf(event)
  const customerId = ticketId === null ? null : customerOf(named, now)
  const holders = ticketId === null ? [] : holdersOf(event, before, now)
  const known = holders.filter(({ teamId }) => teamId !== undefined)
  return {
    ticketId,
    customerId: customerId !== null && customersEvent(event, customerId) !== null ? customerId : null,
    personId,
    assignees: [...new Set(holders.map(({ assigneeId }) => assigneeId ?? ''))],
    teams: [...new Set(known.map(({ teamId }) => teamId ?? ''))]
  }
}

function customerOf (named: TicketSummary | undefined, now: TicketScope | undefined): string | null {
  const own = named?.customerId
  if (now === undefined) return own ?? null
  return own === undefined || own === now.customerId ? now.customerId : null
}

/** Who had the ticket before an event and who has it after; a summary names no team. */
function holdersOf (
  event: DuelineEvent,
  before: TicketScope | undefined,
  now: TicketScope | undefined
): Array<{ readonly assigneeId: string | null, readonly teamId?: string | null }> {
  if (now === undefined) return 'ticket' in event.data ? [{ assigneeId: event.data.ticket.assigneeId }] : []
  if (before !== undefined) return [before, now]
  return event.type === 'dueline.ticket.assigned.v1' ? [event.data.from, now] : [now]
}

function isWhole (ticket: TicketSummary | TicketSnapshot): ticket is TicketSnapshot {
  return 'version' in ticket
}

/** What somebody may read of a tenant's events. */
export interface Reader {
  /** `everything` of the tenant, all that is about `tickets`, what it may know of its `own` tickets, or nothing. */
  readonly sees: 'everything' | 'tickets' | 'own' | 'nothing'
  /** Whose own tickets, and what is addressed to whom: everybody but customers reads that besides. */
  readonly personId: string
}

/** Which of the events that it may read somebody wants. All that is given must hold. */
export interface EventFilter {
  readonly types?: readonly string[] | undefined
  /** About one of these tickets. */
  readonly ticketIds?: readonly string[] | undefined
  /** The ticket has or had this assignee; '' for nobody. What is addressed to the reader comes besides. */
  readonly assignee?: string | undefined
  /** The same of its team. */
  readonly team?: string | undefined
}

/** Whether somebody reads an event. The feed asks the database the same: see `readFeed`. */
export function reads (
  { sees, personId }: Reader,
  { types, ticketIds, assignee, team }: EventFilter,
  type: DuelineEvent['type'],
  scope: EventScope
): boolean {
  if (types !== undefined && !types.includes(type)) return false
  if (ticketIds !== undefined && (scope.ticketId === null || !ticketIds.includes(scope.ticketId))) return false
  if (sees === 'own') return scope.customerId === personId
  if (scope.personId === personId) return true
  const { circle } = visibility[type]
  if (sees === 'nothing' || circle === 'person' || (sees === 'tickets' && circle !== 'ticket')) return false
  return (assignee === undefined || scope.assignees.includes(assignee)) &&
    (team === undefined || scope.teams.includes(team))
}

/** An event as its reader may know it; null when that is nothing. */
export function asRead (event: PublishedEvent, { sees, personId }: Reader): PublishedEvent | null {
  return sees === 'own' ? customersEvent(event, personId) : event
}
