import type { Micros } from '@dueline/business-time'
import { instantParam, type Read, type TenantTx, type Tx } from '@dueline/postgres'
import { and, arrayContains, eq, sql } from 'drizzle-orm'
import type { CustomerDraft } from '../domain/customer.ts'
import type { Stamped } from './aggregate-store.ts'
import { customer } from './tables.ts'

/** Every company from `customerId` upwards with the one that it belongs to; empty when there is no such company. */
export async function customersUpFrom (
  read: Read,
  tenantId: string,
  customerId: string
): Promise<Map<string, string | null>> {
  const { rows } = await read.execute<{ id: string, parent_id: string | null }>(sql`
    with recursive up (id, parent_id) as (
      select c.id, c.parent_id from customer c where c.tenant_id = ${tenantId} and c.id = ${customerId}::uuid
      union
      select c.id, c.parent_id from customer c join up on c.id = up.parent_id where c.tenant_id = ${tenantId}
    ) select id, parent_id from up`)
  return new Map(rows.map((row) => [row.id, row.parent_id]))
}

/** Those of these people who are contacts of another company, in a tenant whose organization is locked. */
export async function contactsElsewhere (
  tx: TenantTx,
  customerId: string,
  contactIds: readonly string[]
): Promise<Set<string>> {
  if (contactIds.length === 0) return new Set()
  const { rows } = await tx.execute<{ contact: string }>(sql`
    select distinct e.contact from customer c cross join unnest(c.contact_ids) as e(contact)
    where c.tenant_id = ${tx.tenantId} and c.id <> ${customerId}::uuid
      and e.contact = any(${sql.param([...contactIds])}::uuid[])`)
  return new Set(rows.map(({ contact }) => contact))
}

/** The id of the company whose contact a person is, in a tenant whose organization is locked; null: of none. */
export async function companyOf (tx: TenantTx, personId: string): Promise<string | null> {
  const rows = await tx.select({ id: customer.id }).from(customer)
    .where(and(eq(customer.tenantId, tx.tenantId), arrayContains(customer.contactIds, [personId]))).limit(1)
  return rows[0]?.id ?? null
}

/**
 * Takes people out of the contacts of their companies, in a tenant whose organization is locked; answers the companies
 * as they are then.
 */
export async function removeContacts (
  tx: Tx,
  tenantId: string,
  personIds: readonly string[],
  now: Micros
): Promise<Array<CustomerDraft & Stamped>> {
  if (personIds.length === 0) return []
  const ids = sql`${sql.param([...personIds])}::uuid[]`
  const at = sql`greatest(${instantParam(now)}::timestamptz, ${customer.updatedAt} + interval '1 microsecond')`
  const rows = await tx.update(customer).set({
    contactIds: sql`array(select each from unnest(${customer.contactIds}) with ordinality as c(each, place)
      where each <> all(${ids}) order by place)`,
    version: sql`${customer.version} + 1`,
    updatedAt: at
  }).where(and(eq(customer.tenantId, tenantId), sql`${customer.contactIds} && ${ids}`)).returning()
  return rows.map(({ tenantId: _, ...row }) => row)
}

/** Whether other companies belong to it, in a tenant whose organization is locked. */
export async function hasSubsidiaries (tx: TenantTx, customerId: string): Promise<boolean> {
  const rows = await tx.select({ id: customer.id }).from(customer)
    .where(and(eq(customer.tenantId, tx.tenantId), eq(customer.parentId, customerId))).limit(1)
  return rows.length > 0
}
