import type { CalendarSpec } from '@dueline/business-time'
import type {
  Channel,
  Condition,
  NextResponseRule,
  PauseRules,
  PolicyEffect,
  Priority,
  AgreementKind,
  Reminder,
  ReopenRule,
  Role,
  Severity,
  Targets,
  TicketStatus,
  TicketType
} from '@dueline/contracts'
import { instant } from '@dueline/postgres'
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { EndedBy } from '../domain/agreement-changes.ts'
import type { Agreed } from '../domain/agreements.ts'
import type { PolicyRow, TenantDefaults, Terms } from '../domain/policy.ts'
import type { Run } from '../domain/ticket-history.ts'

// Indexes, and what they are for, are in migrations/.

const key = () => ({ tenantId: text('tenant_id').notNull(), id: uuid('id').notNull() })
export const calendar = pgTable('calendar', {
  ...key(),
  name: text('name').notNull(),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

export const calendarVersion = pgTable('calendar_version', {
  tenantId: text('tenant_id').notNull(),
  calendarId: uuid('calendar_id').notNull(),
  version: integer('version').notNull(),
  spec: jsonb('spec').$type<CalendarSpec>().notNull(),
  createdAt: instant('created_at').notNull(),
  createdBy: text('created_by').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.calendarId, table.version] })])

export const slaRow = pgTable('sla_row', {
  ...key(),
  name: text('name').notNull(),
  kind: text('kind').$type<AgreementKind>().notNull(),
  productId: uuid('product_id'),
  moduleId: uuid('module_id'),
  questionId: uuid('question_id'),
  priority: text('priority').$type<Priority>(),
  severity: text('severity').$type<Severity>(),
  customerId: uuid('customer_id'),
  when: jsonb('condition').$type<Condition>(),
  targets: jsonb('targets').$type<Targets>().notNull(),
  calendarId: uuid('calendar_id'),
  reminders: jsonb('reminders').$type<readonly Reminder[]>().notNull(),
  pauseRules: jsonb('pause_rules').$type<PauseRules>().notNull(),
  escalationPolicyId: uuid('escalation_policy_id'),
  reopen: text('reopen').$type<ReopenRule>().notNull(),
  nextResponse: text('next_response').$type<NextResponseRule>().notNull(),
  effect: text('effect').$type<PolicyEffect>().notNull(),
  rank: integer('rank').notNull(),
  active: boolean('active').notNull(),
  validFrom: instant('valid_from'),
  validTo: instant('valid_to'),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

export const policySettings = pgTable('policy_settings', {
  tenantId: text('tenant_id').notNull(),
  forbidOverlap: boolean('forbid_overlap').notNull(),
  oneRowPerSeverityAndPriority: boolean('one_row_per_severity_and_priority').notNull(),
  defaults: jsonb('defaults').$type<TenantDefaults>().notNull(),
  version: integer('version').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId] })])

export const policyVersion = pgTable('policy_version', {
  tenantId: text('tenant_id').notNull(),
  version: integer('version').notNull(),
  effect: text('effect').$type<PolicyEffect>().notNull(),
  note: text('note'),
  rows: jsonb('rows').$type<readonly PolicyRow[]>().notNull(),
  defaults: jsonb('defaults').$type<TenantDefaults>().notNull(),
  rowCount: integer('row_count').notNull(),
  publishedAt: instant('published_at').notNull(),
  publishedBy: text('published_by').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.version] })])

export const reresolution = pgTable('reresolution', {
  tenantId: text('tenant_id').notNull(),
  policyVersion: integer('policy_version').notNull(),
  effect: text('effect').$type<PolicyEffect>().notNull(),
  publishedAt: instant('published_at').notNull(),
  afterTicketId: uuid('after_ticket_id'),
  checked: integer('checked').notNull(),
  moved: integer('moved').notNull(),
  finishedAt: instant('finished_at')
}, (table) => [primaryKey({ columns: [table.tenantId, table.policyVersion] })])

export const person = pgTable('person', {
  ...key(),
  role: text('role').$type<Role>().notNull(),
  active: boolean('active').notNull(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Copies of tickets; `history` is what decides their agreements, version by version. */
export const ticket = pgTable('ticket', {
  ...key(),
  version: integer('version').notNull(),
  number: text('number').notNull(),
  subject: text('subject').notNull(),
  type: text('type').$type<TicketType>().notNull(),
  status: text('status').$type<TicketStatus>().notNull(),
  priority: text('priority').$type<Priority>().notNull(),
  severity: text('severity').$type<Severity>().notNull(),
  productId: uuid('product_id'),
  moduleId: uuid('module_id'),
  questionId: uuid('question_id'),
  customerId: uuid('customer_id').notNull(),
  assigneeId: uuid('assignee_id'),
  channel: text('channel').$type<Channel>().notNull(),
  importing: boolean('importing').notNull(),
  createdAt: instant('created_at').notNull(),
  policyVersion: integer('policy_version').notNull(),
  history: jsonb('history').$type<readonly Run[]>(),
  historyVersion: integer('history_version').notNull(),
  pinnedAt: instant('pinned_at'),
  basePolicyVersion: integer('base_policy_version'),
  finalVersion: integer('final_version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** What was agreed for a ticket; without terms: nothing from then on. */
export const agreement = pgTable('agreement', {
  ...key(),
  ticketId: uuid('ticket_id').notNull(),
  kind: text('kind').$type<AgreementKind>().notNull(),
  version: integer('version').notNull(),
  ticketVersion: integer('ticket_version').notNull(),
  origin: text('origin').$type<Agreed['origin']>(),
  rowId: uuid('row_id'),
  rowName: text('row_name'),
  policyVersion: integer('policy_version').notNull(),
  calendarId: uuid('calendar_id'),
  calendarVersion: integer('calendar_version'),
  terms: jsonb('terms').$type<Omit<Terms, 'calendarId'>>(),
  madeAt: instant('made_at').notNull(),
  endedAt: instant('ended_at'),
  endedBy: text('ended_by').$type<EndedBy>()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])
