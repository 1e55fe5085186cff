import type { CalendarSpec } from '@dueline/business-time'
import type {
  Agreement,
  AgreementKind,
  ClockState,
  Metric,
  PauseReason,
  PolicyEffect,
  TicketSummary
} from '@dueline/contracts'
import { instant, micros } from '@dueline/postgres'
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { PlannedMark } from '../domain/difference.ts'
import type { RecordedOnly } from '../domain/recorded-only.ts'

// Indexes, and what they are for, are in migrations/.

/** A ticket as its clocks see it. */
export const ticketCase = pgTable('ticket_case', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('id').notNull(),
  version: integer('version').notNull(),
  agreementKey: text('agreement_key'),
  agreementKeyVersion: integer('agreement_key_version').notNull(),
  agreedVersion: integer('agreed_version').notNull(),
  awaiting: boolean('awaiting').notNull(),
  importing: boolean('importing').notNull(),
  unfolded: boolean('unfolded').notNull(),
  customerId: uuid('customer_id'),
  assigneeId: uuid('assignee_id'),
  priority: text('priority'),
  summary: jsonb('summary').$type<TicketSummary>()
}, (table) => [primaryKey({ columns: [table.tenantId, table.ticketId] })])

/** What happened to a ticket. */
export const fact = pgTable('fact', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  id: uuid('id').notNull(),
  at: instant('at').notNull(),
  sequence: integer('sequence').notNull(),
  kind: text('kind').notNull(),
  data: jsonb('data').$type<unknown>().notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.ticketId, table.id] })])

/** What was agreed for a ticket; `terms` null: nothing any more. */
export const agreementVersion = pgTable('agreement_version', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  kind: text('kind').$type<AgreementKind>().notNull(),
  version: integer('version').notNull(),
  ticketVersion: integer('ticket_version').notNull(),
  policyVersion: integer('policy_version'),
  supersedes: jsonb('supersedes').$type<readonly number[]>().notNull(),
  madeAt: instant('made_at').notNull(),
  effect: text('effect').$type<PolicyEffect>().notNull(),
  terms: jsonb('terms').$type<Agreement>()
}, (table) => [primaryKey({ columns: [table.tenantId, table.ticketId, table.kind, table.version] })])

/** Calendar versions, which never change. */
export const calendar = pgTable('calendar', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  version: integer('version').notNull(),
  name: text('name').notNull(),
  spec: jsonb('spec').$type<CalendarSpec>().notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id, table.version] })])

/** Which tickets wait for which calendar versions. */
export const awaitedCalendar = pgTable('awaited_calendar', {
  tenantId: text('tenant_id').notNull(),
  calendarId: uuid('calendar_id').notNull(),
  version: integer('version').notNull(),
  ticketId: uuid('ticket_id').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.calendarId, table.version, table.ticketId] })])

/** The state of a clock at its last change. */
export const clock = pgTable('clock', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  kind: text('kind').$type<AgreementKind>().notNull(),
  metric: text('metric').$type<Metric>().notNull(),
  cycle: integer('cycle').notNull(),
  state: text('state').$type<ClockState>().notNull(),
  pausedFor: jsonb('paused_for').$type<readonly PauseReason[]>().notNull(),
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
  planned: jsonb('planned').$type<readonly PlannedMark[]>().notNull(),
  withdrawals: integer('withdrawals').notNull(),
  voided: boolean('voided').notNull(),
  sequence: integer('sequence').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** The marks that were recorded: each once, whatever the code does. */
export const clockMark = pgTable('clock_mark', {
  tenantId: text('tenant_id').notNull(),
  clockId: uuid('clock_id').notNull(),
  key: text('key').notNull(),
  round: integer('round').notNull(),
  at: instant('at').notNull(),
  recordedOnly: text('recorded_only').$type<NonNullable<RecordedOnly>>(),
  firedAt: instant('fired_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.clockId, table.key, table.round] })])
