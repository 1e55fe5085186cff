import type { Actor, TicketStatus } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import { afterMove, isReopening } from './status.ts'
import type { Assignment, Change, TicketFact, FieldChange, Message, Ticket } from './ticket.ts'

/** Fields that a PATCH may set. */
export const editableFields = [
  'subject',
  'description',
  'type',
  'priority',
  'severity',
  'productId',
  'moduleId',
  'questionId',
  'tags',
  'custom'
] as const
export type TicketPatch = Partial<Pick<Ticket, typeof editableFields[number]>>

const excerptLength = 500

/** The start of a text, at most 500 characters, never half a surrogate pair. */
export function excerpt (text: string): string {
  if (text.length <= excerptLength) return text
  const end = /[\ud800-\udbff]$/.test(text.slice(0, excerptLength)) ? excerptLength - 1 : excerptLength
  return text.slice(0, end)
}

/**
 * When a fact reported at `now` counts as having happened: later than every fact of the ticket before it, by a
 * microsecond at least.
 */
export function factTime (ticket: Ticket, now: Micros): Micros {
  return Math.max(now, ticket.updatedAt + 1)
}

/** The first fact of a ticket. `draft` is the ticket as it will be stored, with version 1. */
export function created (
  draft: Omit<
    Ticket,
    'createdAt' | 'updatedAt' | 'resolvedAt' | 'closedAt' | 'reopenCount' | 'version' | 'status' | 'sla'
  >,
  at: Micros,
  actor: Actor
): TicketFact {
  const ticket: Ticket = {
    ...draft,
    status: 'new',
    createdAt: at,
    updatedAt: at,
    resolvedAt: null,
    closedAt: null,
    reopenCount: 0,
    version: 1,
    sla: null
  }
  return { at, actor, change: { kind: 'created' }, ticket }
}

function next (ticket: Ticket, at: Micros, actor: Actor, change: Change): TicketFact {
  return {
    at,
    actor,
    change,
    ticket: { ...ticket, updatedAt: Math.max(ticket.updatedAt, at), version: ticket.version + 1 }
  }
}

/** Sets fields; null when nothing would differ. Texts longer than an excerpt are shortened in the list of changes. */
export function updated (ticket: Ticket, patch: TicketPatch, at: Micros, actor: Actor): TicketFact | null {
  const changes: FieldChange[] = []
  for (const field of editableFields) {
    const to = patch[field]
    if (to === undefined || sameValue(ticket[field], to)) continue
    changes.push({ field, from: shown(ticket[field]), to: shown(to) })
  }
  if (changes.length === 0) return null
  const { custom = ticket.custom } = patch
  // a field that staff has set anew is staff's
  const customerFields = ticket.customerFields.filter((name) => sameValue(custom[name], ticket.custom[name]))
  return next({ ...ticket, ...patch, customerFields } as Ticket, at, actor, { kind: 'updated', changes })
}

function shown (value: unknown): unknown {
  return typeof value === 'string' ? excerpt(value) : value
}

/** Equality of JSON values; the order of an object's keys does not matter. */
export function sameValue (a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (
    typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)
  ) return false
  const [left, right] = [Object.entries(a), b as Record<string, unknown>]
  return left.length === Object.keys(right).length &&
    left.every(([key, value]) => Object.hasOwn(right, key) && sameValue(value, right[key]))
}

/** Gives the ticket to somebody; null when it already is theirs. `ruleId`: the rule that did, null for people. */
export function assigned (
  ticket: Ticket,
  to: Assignment,
  reason: string | null,
  at: Micros,
  actor: Actor,
  ruleId: string | null = null
): TicketFact | null {
  if (to.assigneeId === ticket.assigneeId && to.teamId === ticket.teamId) return null
  const from = { assigneeId: ticket.assigneeId, teamId: ticket.teamId }
  return next({ ...ticket, ...to }, at, actor, { kind: 'assigned', from, to, reason, ruleId })
}

/** Moves the ticket to another status, whether the table allows it or not. */
export function moved (ticket: Ticket, to: TicketStatus, reason: string | null, at: Micros, actor: Actor): TicketFact {
  const kind = isReopening(ticket.status, to) ? 'reopened' : 'status-changed'
  return next(afterMove(ticket, to, at), at, actor, { kind, from: ticket.status, to, reason })
}

/** Adds a message that was written at `at`; `heardAt`, later than every fact before, when it was brought only then. */
export function messageAdded (
  ticket: Ticket,
  message: Message,
  at: Micros,
  actor: Actor,
  receivedAt: Micros = at
): TicketFact {
  return next({ ...ticket, updatedAt: Math.max(ticket.updatedAt, receivedAt) }, at, actor, {
    kind: 'message-added',
    message
  })
}
