import type { Micros } from '@dueline/business-time'
import type { Read, TenantTx, Tx } from '@dueline/postgres'
import { and, asc, eq, gt } from 'drizzle-orm'
import type { EscalationPolicy } from '../domain/escalation-policy-choice.ts'
import type { EscalationPolicyDraft } from '../domain/escalation-policy.ts'
import { policies, escalationPolicyVersions } from './tables.ts'

/** An escalation policy with the instants it was made and last changed, in microseconds. */
export interface StoredEscalationPolicy extends EscalationPolicy {
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

/** The unique index that allows one default escalation policy per tenant. */
export const oneDefault = 'escalation_policy_one_default'

type Row = typeof policies.$inferSelect

function toEscalationPolicy (
  { id, name, isDefault, active, definition, version, createdAt, updatedAt }: Row
): StoredEscalationPolicy {
  return { id, name, isDefault, active, ...definition, version, createdAt, updatedAt }
}

function columnsOf ({ name, isDefault, active, maxLevels, filters, levels }: EscalationPolicyDraft) {
  return { name, isDefault, active, definition: { maxLevels, filters, levels } }
}

/** The tenant's escalation policy, or undefined; `lock` keeps it as it is until the transaction ends. */
export async function findEscalationPolicy (
  read: Read,
  tenantId: string,
  id: string,
  { lock = false } = {}
): Promise<StoredEscalationPolicy | undefined> {
  const query = read.select().from(policies).where(and(eq(policies.tenantId, tenantId), eq(policies.id, id)))
  const [row] = await (lock ? query.for('update') : query)
  return row === undefined ? undefined : toEscalationPolicy(row)
}

/** Up to `limit` of a tenant's escalation policies after the id given, in the order they were made. */
export async function listEscalationPolicies (
  read: Read,
  tenantId: string,
  { limit, after, active }: { limit: number, after: string | undefined, active: boolean | undefined }
): Promise<StoredEscalationPolicy[]> {
  const rows = await read.select().from(policies).where(and(
    eq(policies.tenantId, tenantId),
    after === undefined ? undefined : gt(policies.id, after),
    active === undefined ? undefined : eq(policies.active, active)
  )).orderBy(asc(policies.id)).limit(limit)
  return rows.map(toEscalationPolicy)
}

/** Adds an escalation policy in its first version. @throws a unique violation of `oneDefault` */
export async function insertEscalationPolicy (
  tx: TenantTx,
  id: string,
  draft: EscalationPolicyDraft,
  now: Micros
): Promise<StoredEscalationPolicy> {
  const [row] = await tx.insert(policies).values({
    tenantId: tx.tenantId,
    id,
    ...columnsOf(draft),
    version: 1,
    createdAt: now,
    updatedAt: now
  }).returning()
  const policy = toEscalationPolicy(row!)
  await saveVersion(tx, policy)
  return policy
}

/** Writes the next version of a locked escalation policy. @throws a unique violation of `oneDefault` */
export async function updateEscalationPolicy (
  tx: TenantTx,
  { id, version }: EscalationPolicy,
  draft: EscalationPolicyDraft,
  now: Micros
): Promise<StoredEscalationPolicy> {
  const [row] = await tx.update(policies).set({ ...columnsOf(draft), version: version + 1, updatedAt: now })
    .where(and(eq(policies.tenantId, tx.tenantId), eq(policies.id, id))).returning()
  const policy = toEscalationPolicy(row!)
  await saveVersion(tx, policy)
  return policy
}

async function saveVersion (tx: TenantTx, { id, version, name, levels }: EscalationPolicy): Promise<void> {
  await tx.insert(escalationPolicyVersions).values({
    tenantId: tx.tenantId,
    escalationPolicyId: id,
    version,
    name,
    levels
  })
}

/** Removes an escalation policy; its versions stay for the escalations that use them. */
export async function deleteEscalationPolicy (tx: TenantTx, id: string): Promise<void> {
  await tx.delete(policies).where(and(eq(policies.tenantId, tx.tenantId), eq(policies.id, id)))
}

interface ActiveRow {
  tenant_id: string
  id: string
  name: string
  is_default: boolean
  version: number
  definition: Row['definition']
}

/** All active escalation policies of the tenants given, by tenant. */
export async function activeEscalationPolicies (
  tx: Tx,
  tenantIds: ReadonlySet<string>
): Promise<Map<string, EscalationPolicy[]>> {
  const { rows } = await tx.$client.query<ActiveRow>({
    name: 'escalation-policy-active',
    text: `select tenant_id, id, name, is_default, version, definition from escalation_policy
      where tenant_id = any($1) and active`,
    values: [[...tenantIds]]
  })
  const byTenant = new Map<string, EscalationPolicy[]>([...tenantIds].map((tenantId) => [tenantId, []]))
  for (const { tenant_id: tenantId, id, name, is_default: isDefault, version, definition } of rows) {
    byTenant.get(tenantId)?.push({ id, name, isDefault, active: true, version, ...definition })
  }
  return byTenant
}
