import type { Actor, Channel, Priority, Severity, TicketStatus, TicketType } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { TicketSla } from './sla.ts'

/** A ticket as this service keeps it. Instants in microseconds; `updatedAt` is the time of the last fact. */
export interface Ticket {
  id: string
  /** What people call it, unique per tenant: `T-000123`. */
  number: string
  subject: string
  description: string
  type: TicketType
  status: TicketStatus
  priority: Priority
  severity: Severity
  productId: string | null
  moduleId: string | null
  questionId: string | null
  customerId: string
  assigneeId: string | null
  teamId: string | null
  answers: Record<string, unknown> | null
  /** The version of a template by which the answers were checked, for ever; null: they were not. */
  templateVersionId: string | null
  tags: string[]
  custom: Record<string, unknown>
  /** Names of those `custom` fields that the customer set; the others are staff's, and not shown to customers. */
  customerFields: string[]
  channel: Channel
  createdAt: Micros
  updatedAt: Micros
  resolvedAt: Micros | null
  closedAt: Micros | null
  reopenCount: number
  /** Counts the facts of this ticket. */
  version: number
  /** The key of the ticket in another system, unique per tenant; null when none does. */
  externalId: string | null
  /**
   * A copy of what its clocks have reported, which is not written with the ticket; null until an agreement was
   * received.
   */
  sla: TicketSla | null
}

export interface FieldChange {
  field: string
  from: unknown
  to: unknown
}
export interface Assignment {
  assigneeId: string | null
  teamId: string | null
}
export type MessageKind = 'public' | 'internal' | 'automatic'
export interface Message {
  id: string
  kind: MessageKind
  authorKind: Actor['kind']
  authorId: string | null
  body: string
  /** The key of the ticket in another system, unique per ticket; null when none does. */
  externalId: string | null
  /** Who brought it for its author (a token's subject); null when the author did. */
  postedBy: string | null
}

/** What a fact changed. */
export type Change =
  | { kind: 'created' }
  | { kind: 'updated', changes: FieldChange[] }
  | { kind: 'assigned', from: Assignment, to: Assignment, reason: string | null, ruleId: string | null }
  | { kind: 'message-added', message: Message }
  | { kind: 'status-changed' | 'reopened', from: TicketStatus, to: TicketStatus, reason: string | null }

/** One thing that happened: when, by whom, what, and the ticket after it (whose version is the fact's number). */
export interface TicketFact {
  at: Micros
  actor: Actor
  change: Change
  ticket: Ticket
}

/** What happens without a person behind it. */
export const systemActor: Actor = { kind: 'system', id: null, screenName: null }
