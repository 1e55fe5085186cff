import type { CalendarSpec } from '@dueline/business-time'
import type { Channel, Language, Priority, Role, Severity, TicketStatus, TicketType } from '@dueline/contracts'
import { instant } from '@dueline/postgres'
import { boolean, integer, json, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { CatalogueItem, Fault } from '../domain/catalogue.ts'
import type { CustomerRight, ValueSchema } from '../domain/custom-fields.ts'
import type { FieldChange, MessageKind } from '../domain/ticket.ts'

/** Tickets as they stand; the migration says which indexes carry the lists. */
export const ticket = pgTable('ticket', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  number: text('number').notNull(),
  subject: text('subject').notNull(),
  description: text('description').notNull(),
  type: text('type').$type<TicketType>().notNull(),
  status: text('status').$type<TicketStatus>().notNull(),
  priority: text('priority').$type<Priority>().notNull(),
  severity: text('severity').$type<Severity>().notNull(),
  productId: uuid('product_id'),
  moduleId: uuid('module_id'),
  questionId: uuid('question_id'),
  customerId: uuid('customer_id').notNull(),
  assigneeId: uuid('assignee_id'),
  teamId: text('team_id'),
  answers: jsonb('answers').$type<Record<string, unknown>>(),
  templateVersionId: uuid('template_version_id'),
  tags: text('tags').array().notNull(),
  custom: jsonb('custom').$type<Record<string, unknown>>().notNull(),
  customerFields: text('customer_fields').array().notNull(),
  channel: text('channel').$type<Channel>().notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  resolvedAt: instant('resolved_at'),
  closedAt: instant('closed_at'),
  reopenCount: integer('reopen_count').notNull(),
  version: integer('version').notNull(),
  externalId: text('external_id')
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** One row per fact of a ticket; `version` is the ticket's after it. */
export const ticketTimeline = pgTable('ticket_timeline', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  version: integer('version').notNull(),
  at: instant('at').notNull(),
  kind: text('kind').notNull(),
  actorKind: text('actor_kind').$type<'customer' | 'agent' | 'system'>().notNull(),
  actorId: text('actor_id'),
  reason: text('reason'),
  changes: jsonb('changes').$type<FieldChange[]>().notNull(),
  messageId: uuid('message_id'),
  internal: boolean('internal').notNull(),
  ruleId: uuid('rule_id')
}, (t) => [primaryKey({ columns: [t.tenantId, t.ticketId, t.version] })])

/** What was written to and about a ticket. */
export const ticketMessage = pgTable('ticket_message', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  version: integer('version').notNull(),
  kind: text('kind').$type<MessageKind>().notNull(),
  authorKind: text('author_kind').$type<'customer' | 'agent' | 'system'>().notNull(),
  authorId: uuid('author_id'),
  body: text('body').notNull(),
  externalId: text('external_id'),
  postedBy: text('posted_by'),
  at: instant('at').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** Copies of everybody who has to do with tickets, customers as well as staff; the newest version wins. */
export const person = pgTable('person', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  role: text('role').$type<Role>().notNull(),
  name: text('name').notNull(),
  screenName: text('screen_name').notNull(),
  email: text('email'),
  language: text('language').$type<Language>().notNull(),
  /** Null: an older release has copied the person, and `language` is all that is known. */
  languages: text('languages').array().$type<Language[]>(),
  timeZone: text('time_zone'),
  calendarId: uuid('calendar_id'),
  managerId: uuid('manager_id'),
  unitId: uuid('unit_id'),
  active: boolean('active').notNull(),
  externalId: text('external_id'),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** Whom imports have named and nobody had entered. */
export const namedPerson = pgTable('named_person', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  externalId: text('external_id').notNull(),
  name: text('name'),
  role: text('role').$type<'customer' | 'agent'>().notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** Who was said to have left, and at which version: the open tickets of each are named once. */
export const departure = pgTable('departure', {
  tenantId: text('tenant_id').notNull(),
  personId: uuid('person_id').notNull(),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.personId] })])

/** Copy of the catalogue, for checking what a ticket is said to be about. */
export const catalogueItem = pgTable('catalogue_item', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  kind: text('kind').$type<CatalogueItem['kind']>().notNull(),
  name: text('name').notNull(),
  productId: uuid('product_id'),
  moduleId: uuid('module_id'),
  active: boolean('active').notNull(),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** Copies of calendars, by which people work; newest version each. */
export const calendar = pgTable('calendar', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  spec: jsonb('spec').$type<CalendarSpec>().notNull(),
  version: integer('version').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** One posted import; counts are final when `state` is done. */
export const ticketImport = pgTable('ticket_import', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  state: text('state').$type<'running' | 'done'>().notNull(),
  lines: integer('lines').notNull(),
  accepted: integer('accepted').notNull(),
  rejected: integer('rejected').notNull(),
  imported: integer('imported').notNull(),
  duplicates: integer('duplicates').notNull(),
  continued: integer('continued').notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: instant('created_at').notNull(),
  finishedAt: instant('finished_at')
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])

/** What became of each line of an import. */
export const ticketImportLine = pgTable('ticket_import_line', {
  tenantId: text('tenant_id').notNull(),
  importId: uuid('import_id').notNull(),
  line: integer('line').notNull(),
  state: text('state').$type<'pending' | 'imported' | 'continued' | 'duplicate' | 'rejected'>().notNull(),
  externalId: text('external_id'),
  content: json('content'),
  faults: jsonb('faults').$type<Fault[]>(),
  ticketId: uuid('ticket_id'),
  ticketVersion: integer('ticket_version')
}, (t) => [primaryKey({ columns: [t.tenantId, t.importId, t.line] })])

/** What imports have brought of a ticket; `keys` as `factKey` makes them. */
export const importedHistory = pgTable('imported_history', {
  tenantId: text('tenant_id').notNull(),
  ticketId: uuid('ticket_id').notNull(),
  keys: text('keys').array().notNull(),
  lastAt: instant('last_at').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.ticketId] })])

/** What a tenant says of fields of `custom`. */
export const customField = pgTable('custom_field', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  labels: jsonb('labels').$type<Partial<Record<Language, string>>>().notNull(),
  valueSchema: jsonb('value_schema').$type<ValueSchema>().notNull(),
  customers: text('customers').$type<CustomerRight>().notNull(),
  editors: text('editors').array().$type<Role[]>().notNull(),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (t) => [primaryKey({ columns: [t.tenantId, t.id] })])
