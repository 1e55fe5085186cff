import type { Read, TenantTx, Tx } from '@dueline/postgres'
import type { Micros } from '@dueline/business-time'
import { and, desc, eq, lt, sql, type SQL } from 'drizzle-orm'
import { promoteHeads } from './lane-store.ts'
import { webhookDelivery, webhookEndpoint, type DeliveryRow, type EndpointRow } from './tables.ts'

interface Key {
  readonly tenantId: string
  readonly id: string
}

function isEndpoint ({ tenantId, id }: Key): SQL | undefined {
  return and(eq(webhookEndpoint.tenantId, tenantId), eq(webhookEndpoint.id, id))
}

function isDelivery ({ tenantId, id }: Key): SQL | undefined {
  return and(eq(webhookDelivery.tenantId, tenantId), eq(webhookDelivery.id, id))
}

export async function insertEndpoint (tx: TenantTx, row: EndpointRow): Promise<void> {
  await tx.insert(webhookEndpoint).values(row)
}

export async function readEndpoint (db: Read, tenantId: string, id: string): Promise<EndpointRow | undefined> {
  const [row] = await db.select().from(webhookEndpoint).where(isEndpoint({ tenantId, id }))
  return row
}

/** As `readEndpoint`, holding the row until the transaction ends. */
export async function lockEndpoint (tx: Tx, tenantId: string, id: string): Promise<EndpointRow | undefined> {
  const [row] = await tx.select().from(webhookEndpoint).where(isEndpoint({ tenantId, id })).for('update')
  return row
}

export async function listEndpoints (
  db: Read,
  { tenantId, before, limit }: { tenantId: string, before: string | undefined, limit: number }
): Promise<EndpointRow[]> {
  const older = before === undefined ? undefined : lt(webhookEndpoint.id, before)
  return await db.select().from(webhookEndpoint).where(and(eq(webhookEndpoint.tenantId, tenantId), older))
    .orderBy(desc(webhookEndpoint.id)).limit(limit)
}

/** Writes changed fields and counts the version up. */
export async function updateEndpoint (
  tx: Tx,
  endpoint: Key,
  changes: Partial<EndpointRow>
): Promise<EndpointRow | undefined> {
  const [row] = await tx.update(webhookEndpoint).set({ ...changes, version: sql`${webhookEndpoint.version} + 1` })
    .where(isEndpoint(endpoint)).returning()
  return row
}

/** Deletes an endpoint with its deliveries. */
export async function deleteEndpoint (tx: TenantTx, id: string): Promise<void> {
  await tx.delete(webhookEndpoint).where(isEndpoint({ tenantId: tx.tenantId, id }))
}

/** What a delivery starts with. */
export type NewDelivery = Pick<
  DeliveryRow,
  'tenantId' | 'id' | 'endpointId' | 'eventId' | 'eventType' | 'subject' | 'event' | 'createdAt'
>

/** Queues a delivery, of an event that is not in the feed. Its endpoint is locked. */
export async function insertDelivery (tx: Tx, delivery: NewDelivery, now: Micros): Promise<void> {
  await tx.insert(webhookDelivery).values({ ...delivery, state: 'pending' })
  await promoteHeads(tx, [delivery], now)
}

/** Which deliveries are listed: those older than `before`, of an endpoint, in a state. */
interface DeliveryFilter {
  readonly tenantId: string
  readonly before: string | undefined
  readonly limit: number
  readonly endpointId: string | undefined
  readonly state: DeliveryRow['state'] | undefined
}

export async function listDeliveries (
  db: Read,
  { tenantId, before, limit, endpointId, state }: DeliveryFilter
): Promise<DeliveryRow[]> {
  return await db.select().from(webhookDelivery).where(and(
    eq(webhookDelivery.tenantId, tenantId),
    before === undefined ? undefined : lt(webhookDelivery.id, before),
    endpointId === undefined ? undefined : eq(webhookDelivery.endpointId, endpointId),
    state === undefined ? undefined : eq(webhookDelivery.state, state)
  )).orderBy(desc(webhookDelivery.id)).limit(limit)
}

/** Queues a delivery that is done with again, behind what is pending of its subject. Its endpoint is locked. */
export async function requeueDelivery (tx: Tx, delivery: Key): Promise<void> {
  const last = sql`nextval(pg_get_serial_sequence('webhook_delivery', 'position'))`
  await tx.update(webhookDelivery)
    .set({ state: 'pending', attempts: 0, nextAttemptAt: null, position: last }).where(isDelivery(delivery))
}

export async function readDelivery (db: Read, tenantId: string, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await db.select().from(webhookDelivery).where(isDelivery({ tenantId, id }))
  return row
}

/** A delivery in whatever state, held until the transaction ends. */
export async function lockDeliveryById (tx: TenantTx, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await tx.select().from(webhookDelivery).where(isDelivery({ tenantId: tx.tenantId, id })).for('update')
  return row
}
