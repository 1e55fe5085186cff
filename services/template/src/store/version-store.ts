import type { Micros } from '@dueline/business-time'
import type { TemplateRule } from '@dueline/contracts'
import type { Read, TenantTx, Tx } from '@dueline/postgres'
import { and, desc, eq, getTableColumns, inArray, lt, sql } from 'drizzle-orm'
import type { DefinitionFault, Issue, Source } from '../domain/template-version.ts'
import { template, templateVersion } from './tables.ts'

export type TemplateVersion = typeof templateVersion.$inferSelect
const templateVersionColumns = getTableColumns(templateVersion)

export interface NewVersion {
  readonly tenantId: string
  readonly id: string
  readonly templateId: string
  readonly questionnaire: Record<string, unknown>
  readonly rules: readonly TemplateRule[]
  readonly issues: readonly Issue[]
  readonly faults: readonly DefinitionFault[]
  readonly source: Source
  readonly by: string
  readonly at: Micros
}

/** Adds a draft with the next number of its template, which is locked until the transaction ends. */
export async function insertVersion (tx: Tx, made: NewVersion): Promise<TemplateVersion> {
  const { tenantId, templateId, by, at, ...rest } = made
  const [numbered] = await tx.update(template).set({ lastNumber: sql`${template.lastNumber} + 1` })
    .where(and(eq(template.tenantId, tenantId), eq(template.id, templateId)))
    .returning({ number: template.lastNumber })
  if (numbered === undefined) throw new Error(`there is no template ${templateId}`)
  const stamps = { createdAt: at, createdBy: by, updatedAt: at, publishedAt: null, publishedBy: null, version: 1 }
  const row = { ...rest, ...numbered, ...stamps, tenantId, templateId, state: 'draft' as const, changes: [] }
  const [inserted] = await tx.insert(templateVersion).values(row).returning()
  return inserted!
}

/** A tenant's version, or undefined; `lock` keeps it as it is until the transaction ends. */
export async function findVersion (
  read: Read,
  tenantId: string,
  id: string,
  { lock = false } = {}
): Promise<TemplateVersion | undefined> {
  const query = read.select().from(templateVersion)
    .where(and(eq(templateVersion.tenantId, tenantId), eq(templateVersion.id, id)))
  const [row] = await (lock ? query.for('update') : query)
  return row
}

/** Up to `limit` versions of a template with a number below `before`, the newest first, without what they ask. */
export async function listVersions (
  read: Read,
  tenantId: string,
  { templateId, limit, before }: { templateId: string, limit: number, before: number | undefined }
): Promise<Omit<TemplateVersion, 'questionnaire' | 'rules'>[]> {
  const { questionnaire, rules, ...columns } = templateVersionColumns
  return await read.select(columns).from(templateVersion).where(and(
    eq(templateVersion.tenantId, tenantId),
    eq(templateVersion.templateId, templateId),
    before === undefined ? undefined : lt(templateVersion.number, before)
  )).orderBy(desc(templateVersion.number)).limit(limit)
}

/** The version of a template that was published last: the one in force. */
export async function publishedLast (
  read: Read,
  tenantId: string,
  templateId: string
): Promise<TemplateVersion | undefined> {
  const [row] = await read.select().from(templateVersion).where(and(
    eq(templateVersion.tenantId, tenantId),
    eq(templateVersion.templateId, templateId),
    eq(templateVersion.state, 'published')
  )).orderBy(desc(templateVersion.publishedAt), desc(templateVersion.number)).limit(1)
  return row
}

/** Of templates that have one, the version that was published last, by template. */
export async function inForceVersions (
  read: Read,
  tenantId: string,
  templateIds: readonly string[]
): Promise<Map<string, string>> {
  const { id, templateId, publishedAt, number } = templateVersion
  const rows = await read.selectDistinctOn([templateId], { id, templateId }).from(templateVersion).where(and(
    eq(templateVersion.tenantId, tenantId),
    inArray(templateId, [...templateIds]),
    eq(templateVersion.state, 'published')
  )).orderBy(templateId, desc(publishedAt), desc(number))
  return new Map(rows.map((row) => [row.templateId, row.id]))
}

/** The version of a template that was made last, published or not. */
export async function newestVersion (
  read: Read,
  tenantId: string,
  templateId: string
): Promise<TemplateVersion | undefined> {
  const [row] = await read.select().from(templateVersion)
    .where(and(eq(templateVersion.tenantId, tenantId), eq(templateVersion.templateId, templateId)))
    .orderBy(desc(templateVersion.number)).limit(1)
  return row
}

export async function updateVersion (tx: TenantTx, { tenantId, id, ...changed }: TemplateVersion): Promise<void> {
  await tx.update(templateVersion).set(changed)
    .where(and(eq(templateVersion.tenantId, tenantId), eq(templateVersion.id, id)))
}
