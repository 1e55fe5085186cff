import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, type InferSelectModel } from 'drizzle-orm'
import { assignmentRule } from './assignment-tables.ts'

/** A rule as it is stored. Instants in microseconds. */
export type StoredRule = Omit<InferSelectModel<typeof assignmentRule>, 'tenantId'>

/** Most rules of a tenant: each is held against each ticket that waits. */
export const rulesMax = 200

function isRule (tenantId: string, id: string) {
  return and(eq(assignmentRule.tenantId, tenantId), eq(assignmentRule.id, id))
}

function ruleOf ({ tenantId: _, ...rule }: InferSelectModel<typeof assignmentRule>): StoredRule {
  return rule
}

/** All rules of a tenant in the order in which they are tried. */
export async function listRules (read: Read, tenantId: string, activeOnly = false): Promise<StoredRule[]> {
  const rows = await read.select().from(assignmentRule)
    .where(and(eq(assignmentRule.tenantId, tenantId), activeOnly ? eq(assignmentRule.active, true) : undefined))
    .orderBy(asc(assignmentRule.rank), asc(assignmentRule.id))
  return rows.map(ruleOf)
}

/** The tenant's rule, or undefined; `lock` keeps it as it is until the transaction ends. */
export async function findRule (
  read: Read,
  tenantId: string,
  id: string,
  { lock = false } = {}
): Promise<StoredRule | undefined> {
  const query = read.select().from(assignmentRule).where(isRule(tenantId, id))
  const [row] = await (lock ? query.for('update') : query)
  return row === undefined ? undefined : ruleOf(row)
}

export async function insertRule (tx: TenantTx, rule: StoredRule): Promise<void> {
  await tx.insert(assignmentRule).values({ ...rule, tenantId: tx.tenantId })
}

/** Writes a rule that is locked. */
export async function updateRule (tx: TenantTx, { id, ...rule }: StoredRule): Promise<void> {
  await tx.update(assignmentRule).set(rule).where(isRule(tx.tenantId, id))
}

export async function deleteRule (tx: TenantTx, id: string): Promise<void> {
  await tx.delete(assignmentRule).where(isRule(tx.tenantId, id))
}
