import type { AgreementKind, ClockState, EscalationSnapshot, Metric, PauseReason } from '@dueline/contracts'
import { instant, micros } from '@dueline/postgres'
import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

/** Copies of clocks: the newest state of each that an event has reported, as of then. */
export const ticketClock = pgTable('ticket_clock', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  id: uuid('id').notNull(),
  kind: text('kind').$type<AgreementKind>().notNull(),
  metric: text('metric').$type<Metric>().notNull(),
  cycle: integer('cycle').notNull(),
  state: text('state').$type<ClockState>().notNull(),
  pausedFor: text('paused_for').array().$type<PauseReason[]>().notNull(),
  target: micros('target').notNull(),
  consumed: micros('consumed').notNull(),
  dueAt: instant('due_at'),
  startedAt: instant('started_at').notNull(),
  stoppedAt: instant('stopped_at'),
  warnedAt: instant('warned_at'),
  breachedAt: instant('breached_at'),
  sequence: integer('sequence').notNull(),
  asOf: instant('as_of').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.ticketId, t.id] })])

/** Copies of escalations: the newest state of each that an event has reported. */
export const ticketEscalation = pgTable('ticket_escalation', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  id: uuid('id').notNull(),
  clockId: uuid('clock_id').notNull(),
  state: text('state').$type<EscalationSnapshot['state']>().notNull(),
  level: integer('level').notNull(),
  levelCount: integer('level_count').notNull(),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.ticketId, t.id] })])
