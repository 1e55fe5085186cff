import type { Read, TenantTx, Tx } from '@dueline/postgres'
import type { Micros } from '@dueline/business-time'
import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import { webhookDelivery, webhookEndpoint, type DeliveryRow, type EndpointRow } from './tables.ts'

export async function insertEndpoint (tx: TenantTx, row: EndpointRow): Promise<void> {
  await tx.insert(webhookEndpoint).values(row)
}

export async function readEndpoint (db: Read, tenantId: string, id: string): Promise<EndpointRow | undefined> {
  const [row] = await db.select().from(webhookEndpoint).where(and(eq(webhookEndpoint.tenantId, tenantId), eq(webhookEndpoint.id, id)))
  return row
}

/** As `readEndpoint`, holding the row until the transaction ends. */
export async function lockEndpoint (tx: Tx, tenantId: string, id: string): Promise<EndpointRow | undefined> {
  const [row] = await tx.select().from(webhookEndpoint).where(and(eq(webhookEndpoint.tenantId, tenantId), eq(webhookEndpoint.id, id))).for('update')
  return row
}

export async function listEndpoints (db: Read, { tenantId, before, limit }: { tenantId: string, before: string | undefined, limit: number }): Promise<EndpointRow[]> {
  return await db.select().from(webhookEndpoint)
    .where(and(eq(webhookEndpoint.tenantId, tenantId), before === undefined ? undefined : lt(webhookEndpoint.id, before)))
    .orderBy(desc(webhookEndpoint.id)).limit(limit)
}

/** Writes changed fields and counts the version up. */
export async function updateEndpoint (tx: Tx, { tenantId, id }: Pick<EndpointRow, 'tenantId' | 'id'>, changes: Partial<EndpointRow>): Promise<EndpointRow | undefined> {
  const [row] = await tx.update(webhookEndpoint).set({ ...changes, version: sql`${webhookEndpoint.version} + 1` })
    .where(and(eq(webhookEndpoint.tenantId, tenantId), eq(webhookEndpoint.id, id))).returning()
  return row
}

/** Deletes an endpoint with its deliveries; false when it is not there. */
export async function deleteEndpoint (tx: TenantTx, id: string): Promise<boolean> {
  const { rowCount } = await tx.delete(webhookEndpoint).where(and(eq(webhookEndpoint.tenantId, tx.tenantId), eq(webhookEndpoint.id, id)))
  return (rowCount ?? 0) > 0
}

/** The enabled endpoints of some tenants. */
export async function enabledEndpoints (db: Read, tenantIds: readonly string[]): Promise<Pick<EndpointRow, 'tenantId' | 'id' | 'types'>[]> {
  return await db.select({ tenantId: webhookEndpoint.tenantId, id: webhookEndpoint.id, types: webhookEndpoint.types }).from(webhookEndpoint)
    .where(and(inArray(webhookEndpoint.tenantId, [...tenantIds]), eq(webhookEndpoint.state, 'enabled')))
}

export type NewDelivery = Pick<DeliveryRow, 'tenantId' | 'id' | 'endpointId' | 'eventId' | 'eventType' | 'event' | 'createdAt'>

/** Stores deliveries that are not there yet; returns those that were new. */
export async function insertDeliveries (tx: Tx, deliveries: readonly NewDelivery[]): Promise<Pick<DeliveryRow, 'tenantId' | 'id'>[]> {
  if (deliveries.length === 0) return []
  return await tx.insert(webhookDelivery).values(deliveries.map((delivery) => ({ ...delivery, state: 'pending' as const })))
    .onConflictDoNothing({ target: [webhookDelivery.tenantId, webhookDelivery.endpointId, webhookDelivery.eventId] })
    .returning({ tenantId: webhookDelivery.tenantId, id: webhookDelivery.id })
}

/** Takes pending deliveries in hand, with where they go. Those of a disabled endpoint wait for it to be enabled. */
export async function beginDeliveries (tx: Tx, owners: readonly { tenantId: string, ownerId: string }[], now: Micros): Promise<{ delivery: DeliveryRow, endpoint: EndpointRow }[]> {
  const tenantIds = owners.map((owner) => owner.tenantId)
  const deliveries = await tx.update(webhookDelivery).set({ attempts: sql`${webhookDelivery.attempts} + 1`, lastAttemptAt: now })
    .from(webhookEndpoint)
    .where(and(
      inArray(webhookDelivery.tenantId, tenantIds), inArray(webhookDelivery.id, owners.map((owner) => owner.ownerId)), eq(webhookDelivery.state, 'pending'),
      eq(webhookEndpoint.tenantId, webhookDelivery.tenantId), eq(webhookEndpoint.id, webhookDelivery.endpointId), eq(webhookEndpoint.state, 'enabled')
    ))
    .returning()
  return deliveries.map(({ webhook_endpoint: endpoint, ...delivery }) => ({ delivery, endpoint }))
}

/** Locks a delivery that is still at this attempt; undefined when somebody else went on with it. */
export async function lockDelivery (tx: Tx, { tenantId, id, attempts }: Pick<DeliveryRow, 'tenantId' | 'id' | 'attempts'>): Promise<DeliveryRow | undefined> {
  const [row] = await tx.select().from(webhookDelivery)
    .where(and(eq(webhookDelivery.tenantId, tenantId), eq(webhookDelivery.id, id), eq(webhookDelivery.state, 'pending'), eq(webhookDelivery.attempts, attempts))).for('update')
  return row
}

export async function updateDelivery (tx: Tx, { tenantId, id }: Pick<DeliveryRow, 'tenantId' | 'id'>, changes: Partial<DeliveryRow>): Promise<DeliveryRow | undefined> {
  const [row] = await tx.update(webhookDelivery).set(changes).where(and(eq(webhookDelivery.tenantId, tenantId), eq(webhookDelivery.id, id))).returning()
  return row
}

/** Pending deliveries of one endpoint: what goes out when it is enabled again. */
export async function pendingDeliveries (tx: Tx, tenantId: string, endpointId: string): Promise<Pick<DeliveryRow, 'tenantId' | 'id'>[]> {
  return await tx.select({ tenantId: webhookDelivery.tenantId, id: webhookDelivery.id }).from(webhookDelivery)
    .where(and(eq(webhookDelivery.tenantId, tenantId), eq(webhookDelivery.endpointId, endpointId), eq(webhookDelivery.state, 'pending'))).for('update')
}

export async function listDeliveries (db: Read, { tenantId, before, limit, endpointId, state }: { tenantId: string, before: string | undefined, limit: number, endpointId: string | undefined, state: DeliveryRow['state'] | undefined }): Promise<DeliveryRow[]> {
  return await db.select().from(webhookDelivery).where(and(
    eq(webhookDelivery.tenantId, tenantId),
    before === undefined ? undefined : lt(webhookDelivery.id, before),
    endpointId === undefined ? undefined : eq(webhookDelivery.endpointId, endpointId),
    state === undefined ? undefined : eq(webhookDelivery.state, state)
  )).orderBy(desc(webhookDelivery.id)).limit(limit)
}

/** A delivery in whatever state, held until the transaction ends. */
export async function lockDeliveryById (tx: TenantTx, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await tx.select().from(webhookDelivery).where(and(eq(webhookDelivery.tenantId, tx.tenantId), eq(webhookDelivery.id, id))).for('update')
  return row
}
