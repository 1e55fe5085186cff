import { instant } from '@dueline/postgres'
import type { Language, PublishedEvent, Role } from '@dueline/contracts'
import { bigint, boolean, integer, json, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'

export const person = pgTable('person', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  role: text('role').$type<Role>().notNull(),
  name: text('name').notNull(),
  screenName: text('screen_name').notNull(),
  email: text('email'),
  language: text('language').$type<Language>().notNull(),
  timeZone: text('time_zone'),
  managerId: uuid('manager_id'),
  active: boolean('active').notNull(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** The time zone of each calendar's newest version. */
export const calendarZone = pgTable('calendar_zone', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  version: integer('version').notNull(),
  timeZone: text('time_zone').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

export const feedEvent = pgTable('feed_event', {
  tenantId: text('tenant_id').notNull(),
  position: bigint('position', { mode: 'number' }).notNull(),
  id: uuid('id').notNull(),
  type: text('type').notNull(),
  event: json('event').$type<PublishedEvent>().notNull(),
  /** See `EventScope`. */
  ticketId: uuid('ticket_id'),
  customerId: uuid('customer_id'),
  personId: uuid('person_id'),
  assignees: text('assignees').array().notNull(),
  teams: text('teams').array().notNull(),
  recordedAt: instant('recorded_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.position] })])

/** Whose each ticket is and who works on it, by its newest version. */
export const ticketScope = pgTable('ticket_scope', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  assigneeId: uuid('assignee_id'),
  teamId: text('team_id'),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.ticketId] })])

export const streamTicket = pgTable('stream_ticket', {
  tenantId: text('tenant_id').notNull(),
  /** SHA-256 of the ticket, in hexadecimal. */
  hash: text('hash').notNull(),
  /** Not written any more. */
  principal: jsonb('principal'),
  /** The token of who got it; null: the program before this one has given it out. */
  sealedToken: text('sealed_token'),
  /** What it opens, as asked for. */
  fields: jsonb('fields').$type<Record<string, unknown>>().notNull(),
  expiresAt: instant('expires_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.hash] })])

export const message = pgTable('message', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  eventId: uuid('event_id').notNull(),
  eventType: text('event_type').notNull(),
  ticketId: uuid('ticket_id'),
  clockId: uuid('clock_id'),
  escalationId: uuid('escalation_id'),
  mark: text('mark'),
  urgent: boolean('urgent').notNull().default(false),
  breachOf: uuid('breach_of').array().notNull().default([]),
  personId: uuid('person_id').notNull(),
  channel: text('channel').$type<'email' | 'inbox'>().notNull(),
  /** Trace of the event that it announces; null: it has none. */
  traceparent: text('traceparent'),
  recipient: text('recipient'),
  language: text('language').$type<Language>().notNull(),
  subject: text('subject').notNull(),
  body: text('body').notNull(),
  state: text('state').$type<'pending' | 'sent' | 'failed'>().notNull(),
  attempts: integer('attempts').notNull().default(0),
  lastError: text('last_error'),
  createdAt: instant('created_at').notNull(),
  sentAt: instant('sent_at'),
  readAt: instant('read_at')
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])
export type MessageRow = typeof message.$inferSelect

export const webhookEndpoint = pgTable('webhook_endpoint', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  url: text('url').notNull(),
  description: text('description').notNull(),
  types: text('types').array().notNull(),
  secret: text('secret').notNull(),
  previousSecret: text('previous_secret'),
  previousUntil: instant('previous_until'),
  state: text('state').$type<'enabled' | 'disabled'>().notNull(),
  disabledReason: text('disabled_reason'),
  failingSince: instant('failing_since'),
  /** Position of the feed up to which what it wants has been queued for it. */
  linedUpTo: bigint('lined_up_to', { mode: 'number' }).notNull(),
  missedAfter: bigint('missed_after', { mode: 'number' }),
  missedUntil: bigint('missed_until', { mode: 'number' }),
  /** The subject of the caller; null for those made before it was stored. */
  createdBy: text('created_by'),
  createdAt: instant('created_at').notNull(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])
export type EndpointRow = typeof webhookEndpoint.$inferSelect

export const webhookDelivery = pgTable('webhook_delivery', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  endpointId: uuid('endpoint_id').notNull(),
  eventId: uuid('event_id').notNull(),
  eventType: text('event_type').notNull(),
  /** Of the event: deliveries of one subject keep their order. */
  subject: text('subject').notNull(),
  /** Their order at the endpoint; given by the database. */
  position: bigint('position', { mode: 'number' }).notNull().generatedByDefaultAsIdentity(),
  event: jsonb('event').$type<PublishedEvent>().notNull(),
  state: text('state').$type<'pending' | 'delivered' | 'exhausted'>().notNull(),
  attempts: integer('attempts').notNull().default(0),
  lastStatus: integer('last_status'),
  lastError: text('last_error'),
  lastAttemptAt: instant('last_attempt_at'),
  nextAttemptAt: instant('next_attempt_at'),
  createdAt: instant('created_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])
export type DeliveryRow = typeof webhookDelivery.$inferSelect
