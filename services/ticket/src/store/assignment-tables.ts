import type { AvailabilityState, Condition, Priority } from '@dueline/contracts'
import { instant } from '@dueline/postgres'
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { WhenAbsent } from '../domain/absence.ts'
import type { AssignmentRule, AssignmentSnapshot, Choice, Pool, WaitingTicket } from '../domain/assignment.ts'

/** Copies of what was set by hand of somebody: a state, and what he can carry. */
export const availability = pgTable('availability', {
  tenantId: text('tenant_id').notNull(),
  personId: uuid('person_id').notNull(),
  state: text('state').$type<AvailabilityState>(),
  until: instant('until'),
  capacityPoints: integer('capacity_points'),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.personId] })])

/** Copies of planned absences. */
export const absence = pgTable('absence', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  personId: uuid('person_id').notNull(),
  startsAt: instant('starts_at').notNull(),
  endsAt: instant('ends_at').notNull(),
  substituteId: uuid('substitute_id'),
  deleted: boolean('deleted').notNull(),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** Copies of what tickets take of a capacity. */
export const capacityRules = pgTable('capacity_rules', {
  tenantId: text('tenant_id').notNull(),
  points: jsonb('points').$type<Record<Priority, number>>().notNull(),
  defaultCapacityPoints: integer('default_capacity_points').notNull(),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId] })])

/** Who gets which tickets. */
export const assignmentRule = pgTable('assignment_rule', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  rank: integer('rank').notNull(),
  active: boolean('active').notNull(),
  condition: jsonb('condition').$type<Condition>(),
  pool: jsonb('pool').$type<Pool>().notNull(),
  sameLanguage: boolean('same_language').notNull(),
  choice: text('choice').$type<Choice>().notNull(),
  weights: jsonb('weights').$type<AssignmentRule['weights']>().notNull(),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** What holds for assignment beside the rules. */
export const assignmentSettings = pgTable('assignment_settings', {
  tenantId: text('tenant_id').notNull(),
  whenAbsent: text('when_absent').$type<WhenAbsent>().notNull(),
  /** Null: as `whenAbsent`. */
  whenShiftEnds: text('when_shift_ends').$type<WhenAbsent>(),
  version: integer('version').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId] })])

/** The last decision about a ticket, and all that it was made from. */
export const assignmentDecision = pgTable('assignment_decision', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  ticketVersion: integer('ticket_version').notNull(),
  decidedAt: instant('decided_at').notNull(),
  ruleId: uuid('rule_id').notNull(),
  assigneeId: uuid('assignee_id').notNull(),
  snapshot: jsonb('snapshot').$type<{ from: AssignmentSnapshot, ticket: WaitingTicket }>().notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.ticketId] })])
