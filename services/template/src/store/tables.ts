import type { TemplateRule } from '@dueline/contracts'
import { instant } from '@dueline/postgres'
import { boolean, integer, json, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { DefinitionFault, Issue, Source, VersionState } from '../domain/template-version.ts'
import type { UploadFault, UploadState } from '../domain/upload.ts'

// Indexes, and what they are for, are in migrations/.

const key = () => ({ tenantId: text('tenant_id').notNull(), id: uuid('id').notNull() })

export const template = pgTable('template', {
  ...key(),
  name: text('name').notNull(),
  active: boolean('active').notNull(),
  lastNumber: integer('last_number').notNull(),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  updatedAt: instant('updated_at').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

export const templateVersion = pgTable('template_version', {
  ...key(),
  templateId: uuid('template_id').notNull(),
  number: integer('number').notNull(),
  state: text('state').$type<VersionState>().notNull(),
  questionnaire: json('questionnaire').$type<Record<string, unknown>>().notNull(),
  rules: jsonb('rules').$type<readonly TemplateRule[]>().notNull(),
  issues: jsonb('issues').$type<readonly Issue[]>().notNull(),
  faults: jsonb('faults').$type<readonly DefinitionFault[]>().notNull(),
  source: jsonb('source').$type<Source>().notNull(),
  changes: jsonb('changes').$type<readonly string[]>().notNull(),
  version: integer('version').notNull(),
  createdAt: instant('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  updatedAt: instant('updated_at').notNull(),
  publishedAt: instant('published_at'),
  publishedBy: text('published_by')
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

export const templateUpload = pgTable('template_upload', {
  ...key(),
  templateId: uuid('template_id').notNull(),
  state: text('state').$type<UploadState>().notNull(),
  fault: jsonb('fault').$type<UploadFault>(),
  templateVersionId: uuid('template_version_id'),
  createdAt: instant('created_at').notNull(),
  createdBy: text('created_by').notNull(),
  workAt: instant('work_at'),
  tries: integer('tries').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.id] })])

export const questionTemplate = pgTable('question_template', {
  tenantId: text('tenant_id').notNull(),
  questionId: uuid('question_id').notNull(),
  templateId: uuid('template_id'),
  version: integer('version').notNull(),
  updatedAt: instant('updated_at').notNull(),
  updatedBy: text('updated_by').notNull()
}, (table) => [primaryKey({ columns: [table.tenantId, table.questionId] })])
