import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, gt, ilike } from 'drizzle-orm'
import { template } from './tables.ts'

export type Template = typeof template.$inferSelect

/** The unique index that gives a name once per tenant; case does not count. */
export const oneName = 'template_name'

/** The tenant's template, or undefined; `lock` keeps it as it is until the transaction ends. */
export async function findTemplate (
  read: Read,
  tenantId: string,
  id: string,
  { lock = false } = {}
): Promise<Template | undefined> {
  const query = read.select().from(template).where(and(eq(template.tenantId, tenantId), eq(template.id, id)))
  const [row] = await (lock ? query.for('update') : query)
  return row
}

/** Up to `limit` of a tenant's templates after the id given, in the order they were made. */
export async function listTemplates (
  read: Read,
  tenantId: string,
  { limit, after, active, q }: {
    limit: number,
    after: string | undefined,
    active: boolean | undefined,
    q: string | undefined
  }
): Promise<Template[]> {
  return await read.select().from(template).where(and(
    eq(template.tenantId, tenantId),
    after === undefined ? undefined : gt(template.id, after),
    active === undefined ? undefined : eq(template.active, active),
    q === undefined ? undefined : ilike(template.name, `%${q.replace(/[\\%_]/g, '\\$&')}%`)
  )).orderBy(asc(template.id)).limit(limit)
}

/** @throws a unique violation of `oneName` */
export async function insertTemplate (tx: TenantTx, made: Template): Promise<void> {
  await tx.insert(template).values(made)
}

/** @throws a unique violation of `oneName` */
export async function updateTemplate (tx: TenantTx, { tenantId, id, ...changed }: Template): Promise<void> {
  await tx.update(template).set(changed).where(and(eq(template.tenantId, tenantId), eq(template.id, id)))
}
