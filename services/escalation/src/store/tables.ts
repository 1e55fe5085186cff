import type { Micros } from '@dueline/business-time'
import type { Actor, ClockState, EscalationAction, Metric, Role, TicketSummary } from '@dueline/contracts'
import { instant } from '@dueline/postgres'
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { EscalationState } from '../domain/case.ts'
import type { Filters, Level } from '../domain/escalation-policy.ts'
import type { NamedTarget } from '../domain/targets.ts'

/** Copies of people; the newest version wins. */
export const person = pgTable('person', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  role: text('role').$type<Role>().notNull(),
  screenName: text('screen_name').notNull(),
  managerId: uuid('manager_id'),
  level: text('level'),
  active: boolean('active').notNull(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** A ticket at one version; 0 when it is only known from an event of one of its clocks, as of then. */
export const ticket = pgTable('ticket', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  version: integer('version').notNull(),
  asOf: instant('as_of').notNull(),
  summary: jsonb('summary').$type<TicketSummary>().notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** The newest of each escalation policy. */
export const policies = pgTable('escalation_policy', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  isDefault: boolean('is_default').notNull(),
  active: boolean('active').notNull(),
  definition: jsonb('definition').$type<{ maxLevels: number, filters: Filters, levels: readonly Level[] }>().notNull(),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Every version ever written of every escalation policy. */
export const escalationPolicyVersions = pgTable('escalation_policy_version', {
  tenantId: text('tenant_id').notNull(),
  escalationPolicyId: uuid('escalation_policy_id').notNull(),
  version: integer('version').notNull(),
  name: text('name').notNull(),
  levels: jsonb('levels').$type<readonly Level[]>().notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.escalationPolicyId, table.version] })])

/** One row per clock: its newest state and its plan. */
export const cases = pgTable('escalation_case', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  metric: text('metric').$type<Metric>().notNull(),
  sequence: integer('sequence').notNull(),
  cycle: integer('cycle').notNull(),
  clockState: text('clock_state').$type<ClockState>().notNull(),
  dueAt: instant('due_at'),
  breachedAt: instant('breached_at'),
  announcedCycle: integer('announced_cycle').notNull(),
  announcedSequence: integer('announced_sequence').notNull(),
  announcedFrom: instant('announced_from'),
  transitions: jsonb('transitions').$type<readonly StoredTransition[]>().notNull(),
  escalationPolicyId: uuid('escalation_policy_id'),
  escalationPolicyVersion: integer('escalation_policy_version'),
  cursor: integer('cursor').notNull(),
  lastLevelAt: instant('last_level_at'),
  lastDeadline: instant('last_deadline'),
  climbsFrom: instant('climbs_from'),
  handledSequence: integer('handled_sequence'),
  escalationId: uuid('escalation_id'),
  wakeAt: instant('wake_at')
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])
/** `over`: the clock was met, cancelled or waived by it. */
export type StoredTransition = readonly [sequence: number, at: Micros, running: boolean, over?: boolean]

/** Escalations; at most one open for each cycle of a clock. */
export const escalations = pgTable('escalation', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  clockId: uuid('clock_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  metric: text('metric').$type<Metric>().notNull(),
  cycle: integer('cycle').notNull(),
  escalationPolicyId: uuid('escalation_policy_id'),
  escalationPolicyVersion: integer('escalation_policy_version').notNull(),
  escalationPolicyName: text('escalation_policy_name').notNull(),
  level: integer('level').notNull(),
  levelCount: integer('level_count').notNull(),
  state: text('state').$type<EscalationState>().notNull(),
  openedAt: instant('opened_at').notNull(),
  closedAt: instant('closed_at'),
  acknowledgedBy: jsonb('acknowledged_by').$type<Actor>(),
  acknowledgedAt: instant('acknowledged_at'),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** What happened to each escalation. */
export const entries = pgTable('escalation_entry', {
  tenantId: text('tenant_id').notNull(),
  escalationId: uuid('escalation_id').notNull(),
  version: integer('version').notNull(),
  kind: text('kind').$type<'opened' | 'level_reached' | 'acknowledged' | 'stopped' | 'exhausted'>().notNull(),
  at: instant('at').notNull(),
  actor: jsonb('actor').$type<Actor>().notNull(),
  reason: text('reason'),
  level: integer('level'),
  levelName: text('level_name'),
  last: boolean('last'),
  superseded: boolean('superseded'),
  dueAt: instant('due_at'),
  targets: jsonb('targets').$type<readonly NamedTarget[]>(),
  actions: jsonb('actions').$type<readonly EscalationAction[]>()
}, (table) => [primaryKey({ columns: [table.tenantId, table.escalationId, table.version] })])
