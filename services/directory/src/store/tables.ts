import type { CalendarSpec } from '@dueline/business-time'
import type { AvailabilityState, Language, Priority, Role, Scope } from '@dueline/contracts'
import { instant } from '@dueline/postgres'
import { boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Level } from '../domain/levels.ts'

/**
 * People; `imported`: an import of tickets has added them, and nobody has changed them by hand since. The column
 * `written_in` is for lists alone.
 */
export const person = pgTable('person', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  role: text('role').$type<Role>().notNull(),
  name: text('name').notNull(),
  screenName: text('screen_name').notNull(),
  email: text('email'),
  phone: text('phone'),
  languages: text('languages').array().$type<Language[]>().notNull(),
  timeZone: text('time_zone'),
  calendarId: uuid('calendar_id'),
  managerId: uuid('manager_id'),
  level: text('level'),
  unitId: uuid('unit_id'),
  active: boolean('active').notNull(),
  externalId: text('external_id'),
  imported: boolean('imported').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Copies of products, modules and questions; the newest version wins. */
export const catalogueItem = pgTable('catalogue_item', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  kind: text('kind').$type<'product' | 'module' | 'question'>().notNull(),
  active: boolean('active').notNull(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Copies of calendars; the newest version wins. */
export const calendar = pgTable('calendar', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  /** null: published before it was kept here; counts as none. */
  spec: jsonb('spec').$type<CalendarSpec>(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** What everything that callers write here has. */
const head = {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull()
}
const stamps = {
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull()
}

/** Teams. */
export const team = pgTable('team', {
  ...head,
  name: text('name').notNull(),
  leadId: uuid('lead_id'),
  memberIds: uuid('member_ids').array().notNull(),
  calendarId: uuid('calendar_id'),
  productIds: uuid('product_ids').array().notNull(),
  moduleIds: uuid('module_ids').array().notNull(),
  active: boolean('active').notNull(),
  ...stamps
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** The tree of units. */
export const unit = pgTable('unit', {
  ...head,
  name: text('name').notNull(),
  kind: text('kind'),
  parentId: uuid('parent_id'),
  headId: uuid('head_id'),
  active: boolean('active').notNull(),
  ...stamps
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Companies. */
export const customer = pgTable('customer', {
  ...head,
  name: text('name').notNull(),
  parentId: uuid('parent_id'),
  contactIds: uuid('contact_ids').array().notNull(),
  contractTier: text('contract_tier'),
  productIds: uuid('product_ids').array().notNull(),
  language: text('language').$type<Language>().notNull(),
  calendarId: uuid('calendar_id'),
  active: boolean('active').notNull(),
  ...stamps
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Who is responsible for what. */
export const responsibility = pgTable('responsibility', {
  ...head,
  productId: uuid('product_id'),
  moduleId: uuid('module_id'),
  personId: uuid('person_id'),
  teamId: uuid('team_id'),
  ...stamps
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** What was set by hand of people. */
export const workingProfile = pgTable('working_profile', {
  tenantId: text('tenant_id').notNull(),
  personId: uuid('person_id').notNull(),
  state: text('state').$type<AvailabilityState>(),
  until: instant('until'),
  capacityPoints: integer('capacity_points'),
  version: integer('version').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.personId] })])

/** Planned absences; those of one person never overlap. */
export const absence = pgTable('absence', {
  ...head,
  personId: uuid('person_id').notNull(),
  from: instant('from_at').notNull(),
  to: instant('to_at').notNull(),
  reason: text('reason'),
  substituteId: uuid('substitute_id'),
  ...stamps
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** What tickets weigh, for each tenant that has said it. */
export const capacityRules = pgTable('capacity_rules', {
  tenantId: text('tenant_id').notNull(),
  points: jsonb('points').$type<Readonly<Record<Priority, number>>>().notNull(),
  defaultCapacityPoints: integer('default_capacity_points').notNull(),
  version: integer('version').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId] })])

/** The levels of each tenant that has set any, from the lowest. */
export const levelSet = pgTable('level_set', {
  tenantId: text('tenant_id').notNull(),
  levels: jsonb('levels').$type<readonly Level[]>().notNull(),
  version: integer('version').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId] })])

/** What token issuers call people. */
export const personIdentity = pgTable('person_identity', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  issuer: text('issuer').notNull(),
  subject: text('subject').notNull(),
  personId: uuid('person_id').notNull(),
  createdBy: text('created_by'),
  createdAt: instant('created_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Keys of programs; of a secret only its keyed hash. */
export const apiKey = pgTable('api_key', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  publicId: text('public_id').notNull(),
  name: text('name').notNull(),
  secretHash: text('secret_hash').notNull(),
  previousHash: text('previous_hash'),
  previousUntil: instant('previous_until'),
  roles: text('roles').array().$type<Role[]>().notNull(),
  scopes: text('scopes').array().$type<Scope[]>().notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at'),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at')
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** Tokens of directories that provision people and teams; of each secret a keyed hash. */
export const scimToken = pgTable('scim_token', {
  tenantId: text('tenant_id').notNull(),
  id: uuid('id').notNull(),
  publicId: text('public_id').notNull(),
  name: text('name').notNull(),
  secretHash: text('secret_hash').notNull(),
  previousHash: text('previous_hash'),
  previousUntil: instant('previous_until'),
  createdBy: text('created_by').notNull(),
  createdAt: instant('created_at').notNull(),
  expiresAt: instant('expires_at'),
  lastUsedAt: instant('last_used_at'),
  revokedAt: instant('revoked_at')
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

/** What a directory calls the teams that it keeps. */
export const scimGroup = pgTable('scim_group', {
  tenantId: text('tenant_id').notNull(),
  teamId: uuid('team_id').notNull(),
  externalId: text('external_id').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.teamId] })])

/** What a directory has written of people. */
export const scimUser = pgTable('scim_user', {
  tenantId: text('tenant_id').notNull(),
  personId: uuid('person_id').notNull(),
  userName: text('user_name').notNull(),
  externalId: text('external_id'),
  attributes: jsonb('attributes').$type<Readonly<Record<string, unknown>>>().notNull(),
  leftAs: jsonb('left_as').$type<Readonly<Record<string, unknown>>>(),
  deleted: boolean('deleted').notNull(),
  version: integer('version').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.personId] })])
