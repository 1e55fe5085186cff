import type { ClockState, Metric, PauseReason, AgreementKind, TicketSummary } from '@dueline/contracts'
import { instant, micros } from '@dueline/postgres'
import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { PlannedMark } from '../domain/difference.ts'

// Keys and indexes are in migrations/; here only what queries need.

export const ticketCase = pgTable('ticket_case', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('id').notNull(),
  version: integer('version').notNull(),
  agreementKey: text('promise_key'),
  agreementKeyVersion: integer('promise_version').notNull(),
  agreedVersion: integer('promised_version').notNull(),
  awaiting: boolean('awaiting').notNull(),
  importing: boolean('importing').notNull(),
  unfolded: boolean('unfolded').notNull(),
  customerId: uuid('customer_id'),
  assigneeId: uuid('assignee_id'),
  priority: text('priority'),
  summary: jsonb('summary').$type<TicketSummary>()
})

export const clock = pgTable('clock', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  kind: text('kind').$type<AgreementKind>().notNull(),
  metric: text('metric').$type<Metric>().notNull(),
  cycle: integer('cycle').notNull(),
  state: text('state').$type<ClockState>().notNull(),
  pausedFor: jsonb('paused_for').$type<PauseReason[]>().notNull(),
  target: micros('target').notNull(),
  extended: micros('extended').notNull(),
  consumedBefore: micros('consumed_before').notNull(),
  runningSince: instant('running_since'),
  dueAt: instant('due_at'),
  startedAt: instant('started_at').notNull(),
  stoppedAt: instant('stopped_at'),
  pauseEndsAt: instant('pause_ends_at'),
  warnedAt: instant('warned_at'),
  breachedAt: instant('breached_at'),
  agreementId: uuid('agreement_id').notNull(),
  policyVersion: integer('policy_version').notNull(),
  calendarId: uuid('calendar_id'),
  calendarVersion: integer('calendar_version').notNull(),
  escalationPolicyId: uuid('escalation_policy_id'),
  planned: jsonb('planned').$type<PlannedMark[]>().notNull(),
  withdrawals: integer('withdrawals').notNull(),
  voided: boolean('voided').notNull(),
  sequence: integer('sequence').notNull()
})
