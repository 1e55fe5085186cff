import { formatDuration, formatInstant } from '@dueline/business-time'
import { instantText, stringEnum, type Scope } from '@dueline/contracts'
import { baseErrors, problem, requireScope, type Principal } from '@dueline/http'
import type { Read } from '@dueline/postgres'
import { Type } from 'typebox'
import { authorize } from '../access.ts'
import { newestMessages } from '../store/message-store.ts'
import { findPeople } from '../store/person-store.ts'
import { clocksOf, type ClockCopy } from '../store/sla-store.ts'
import { findTeams, type Team } from '../store/team-store.ts'
import type { TicketView } from './schemas.ts'
import { messageView } from './views.ts'

const parts = ['customer', 'assignee', 'team', 'clocks', 'messages'] as const
type Part = typeof parts[number]

/** What an API key needs to read each part by itself. */
const scopeOf = {
  customer: 'people:read',
  assignee: 'people:read',
  team: 'directory:read',
  clocks: 'clock:read',
  messages: 'ticket:read'
} as const satisfies Record<Part, Scope>

export const Expand = Type.Optional(
  Type.Array(stringEnum(parts), {
    minItems: 1,
    maxItems: parts.length,
    uniqueItems: true,
    description: 'What to show with each ticket; repeat the parameter. With `messages` at most 20 tickets'
  })
)

/** Most messages of each ticket: in lists, and of one ticket by itself. */
export const messagesInLists = 3
export const messagesOfOne = 50
/** Most clocks of each ticket. */
const clocksMax = 20
const ticketsWithMessagesMax = 20

/** Ends the request where so much would have to be read for it. @throws Problem 400 */
export function checkExpanded ({ expand = [], limit }: { expand?: readonly Part[], limit: number }): void {
  if (!expand.includes('messages') || limit <= ticketsWithMessagesMax) return
  const message = `must be at most ${ticketsWithMessagesMax} with expand=messages`
  problem(baseErrors.validation_failed, { faults: [{ in: 'query', pointer: '/limit', message }] })
}

/**
 * Tickets with what was asked for beside them, one statement for each kind; customers see of it what is theirs.
 * @throws Problem 403 for an API key that may not read a part by itself
 */
export async function expanded (
  read: Read,
  tickets: readonly TicketView[],
  wanted: readonly Part[],
  principal: Principal,
  { each }: { each: number }
): Promise<TicketView[]> {
  for (const part of wanted) requireScope(principal, scopeOf[part])
  if (wanted.length === 0 || tickets.length === 0) return [...tickets]
  const { tenantId } = principal
  const seesAll = authorize(principal, 'seeInternals')
  const ids = tickets.map(({ id }) => id)
  const named = tickets.flatMap(({ customerId, assigneeId }) => [
    ...(wanted.includes('customer') ? [customerId] : []),
    ...(wanted.includes('assignee') && assigneeId !== null ? [assigneeId] : [])
  ])
  const people = await findPeople(read, tenantId, [...new Set(named)])
  const teams = wanted.includes('team')
    ? await findTeams(read, tenantId, tickets.flatMap(({ teamId }) => teamId === null ? [] : [teamId]))
    : new Map<string, Team>()
  const clocks = wanted.includes('clocks') ? await clocksOf(read, tenantId, ids, { each: clocksMax, seesAll }) : []
  const messages = wanted.includes('messages')
    ? await newestMessages(read, tenantId, ids, { each, publicOnly: !seesAll })
    : []
  const personOf = (id: string | null) => people.get(id ?? '') ?? null
  return tickets.map((ticket) => ({
    ...ticket,
    ...(wanted.includes('customer') ? { customer: personOf(ticket.customerId) } : {}),
    ...(wanted.includes('assignee') ? { assignee: personOf(ticket.assigneeId) } : {}),
    ...(wanted.includes('team') ? { team: teamView(teams.get(ticket.teamId ?? '')) } : {}),
    ...(wanted.includes('clocks')
      ? { clocks: clocks.filter(({ ticketId }) => ticketId === ticket.id).map(clockView) }
      : {}),
    ...(wanted.includes('messages')
      ? {
        messages: messages.filter(({ ticketId }) => ticketId === ticket.id)
          .sort((a, b) => a.version - b.version).map((message) => messageView(message, principal))
      }
      : {})
  }))
}

function teamView (team: Team | undefined) {
  if (team === undefined) return null
  const { id, name, leadId, memberIds, active } = team
  return { id, name, leadId, memberIds, active }
}

function clockView ({ ticketId: _, target, consumed, asOf, ...clock }: ClockCopy) {
  return {
    ...clock,
    target: formatDuration(target),
    consumed: formatDuration(consumed),
    dueAt: instantText(clock.dueAt),
    startedAt: formatInstant(clock.startedAt),
    stoppedAt: instantText(clock.stoppedAt),
    warnedAt: instantText(clock.warnedAt),
    breachedAt: instantText(clock.breachedAt),
    asOf: formatInstant(asOf)
  }
}
