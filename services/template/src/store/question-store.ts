import type { Micros } from '@dueline/business-time'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, sql } from 'drizzle-orm'
import { questionTemplate } from './tables.ts'

/** Which template tickets about a question take their answers by. */
export type QuestionTemplate = typeof questionTemplate.$inferSelect

/** The tie of a question, or undefined when it never had one; `lock`: until the transaction ends. */
export async function findTie (
  read: Read,
  tenantId: string,
  questionId: string,
  { lock = false } = {}
): Promise<QuestionTemplate | undefined> {
  const query = read.select().from(questionTemplate)
    .where(and(eq(questionTemplate.tenantId, tenantId), eq(questionTemplate.questionId, questionId)))
  const [row] = await (lock ? query.for('update') : query)
  return row
}

interface TieChange {
  readonly tenantId: string
  readonly questionId: string
  readonly templateId: string | null
  readonly at: Micros
  readonly by: string
}

/** Ties a question to a template, or to none. */
export async function saveTie (tx: TenantTx, change: TieChange): Promise<QuestionTemplate> {
  const { at, by, ...tie } = change
  const [row] = await tx.insert(questionTemplate).values({ ...tie, version: 1, updatedAt: at, updatedBy: by })
    .onConflictDoUpdate({
      target: [questionTemplate.tenantId, questionTemplate.questionId],
      set: {
        templateId: tie.templateId,
        version: sql`${questionTemplate.version} + 1`,
        updatedAt: at,
        updatedBy: by
      }
    }).returning()
  return row!
}

/** How many questions have that template. */
export async function countTies (tx: TenantTx, templateId: string): Promise<number> {
  return await tx.$count(
    questionTemplate,
    and(eq(questionTemplate.tenantId, tx.tenantId), eq(questionTemplate.templateId, templateId))
  )
}

/** Counts a change of every question that has that template: another of its versions is in force. */
export async function stampTies (tx: TenantTx, templateId: string, at: Micros): Promise<QuestionTemplate[]> {
  const rows = await tx.select({ questionId: questionTemplate.questionId }).from(questionTemplate)
    .where(and(eq(questionTemplate.tenantId, tx.tenantId), eq(questionTemplate.templateId, templateId)))
    // one order of locks for all writers
    .orderBy(asc(questionTemplate.questionId)).for('update')
  if (rows.length === 0) return []
  return await tx.update(questionTemplate).set({ version: sql`${questionTemplate.version} + 1`, updatedAt: at })
    .where(and(eq(questionTemplate.tenantId, tx.tenantId), eq(questionTemplate.templateId, templateId))).returning()
}
