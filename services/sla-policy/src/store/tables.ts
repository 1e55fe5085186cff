import type { CalendarSpec } from '@dueline/business-time'
import type {
  NextResponseRule,
  PauseRules,
  PolicyEffect,
  Priority,
  AgreementKind,
  Reminder,
  ReopenRule,
  Role,
  Severity,
  Targets
} from '@dueline/contracts'
import { instant } from '@dueline/postgres'
import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import type { Condition } from '../domain/condition.ts'
import type { PolicyRow, TenantDefaults } from '../domain/policy.ts'

// Keys and indexes are in migrations/. Here are the tables that drizzle reads and writes; those of the catalogue, of
// tickets and of agreements have hand-written statements in their stores.

const key = () => ({ tenantId: text('tenant_id').notNull(), id: uuid('id').notNull() })
export const calendar = pgTable('calendar', {
  ...key(),
  name: text('name').notNull(),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull()
})

export const calendarVersion = pgTable('calendar_version', {
  tenantId: text('tenant_id').notNull(),
  calendarId: uuid('calendar_id').notNull(),
  version: integer('version').notNull(),
  spec: jsonb('spec').$type<CalendarSpec>().notNull(),
  createdAt: instant('created_at').notNull(),
  createdBy: text('created_by').notNull()
})

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
})

export const policySettings = pgTable('policy_settings', {
  tenantId: text('tenant_id').notNull(),
  forbidOverlap: boolean('forbid_overlap').notNull(),
  defaults: jsonb('defaults').$type<TenantDefaults>().notNull(),
  version: integer('version').notNull(),
  updatedAt: instant('updated_at').notNull()
})

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
})

export const reresolution = pgTable('reresolution', {
  tenantId: text('tenant_id').notNull(),
  policyVersion: integer('policy_version').notNull(),
  effect: text('effect').$type<PolicyEffect>().notNull(),
  publishedAt: instant('published_at').notNull(),
  afterTicketId: uuid('after_ticket_id'),
  checked: integer('checked').notNull(),
  moved: integer('moved').notNull(),
  finishedAt: instant('finished_at')
})

export const person = pgTable('person', {
  ...key(),
  role: text('role').$type<Role>().notNull(),
  active: boolean('active').notNull(),
  version: integer('version').notNull()
})
