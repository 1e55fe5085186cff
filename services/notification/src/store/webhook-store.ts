import type { DuelineEvent } from '@dueline/contracts'
import type { Read, TenantTx, Tx } from '@dueline/postgres'
import type { Micros } from '@dueline/business-time'
import { and, arrayOverlaps, asc, desc, eq, inArray, lt, or, sql } from 'drizzle-orm'
import { promoteHeads, type EndpointKey } from './lane-store.ts'
import { webhookDelivery, webhookEndpoint, type DeliveryRow, type EndpointRow } from './tables.ts'

export async function insertEndpoint (tx: TenantTx, row: EndpointRow): Promise<void> {
  await tx.insert(webhookEndpoint).values(row)
}

export async function readEndpoint (db: Read, tenantId: string, id: string): Promise<EndpointRow | undefined> {
  const [row] = await db.select().from(webhookEndpoint).where(
    and(eq(webhookEndpoint.tenantId, tenantId), eq(webhookEndpoint.id, id))
  )
  return row
}

/** As `readEndpoint`, holding the row until the transaction ends. */
export async function lockEndpoint (tx: Tx, tenantId: string, id: string): Promise<EndpointRow | undefined> {
  const [row] = await tx.select().from(webhookEndpoint).where(
    and(eq(webhookEndpoint.tenantId, tenantId), eq(webhookEndpoint.id, id))
  ).for('update')
  return row
}

export async function listEndpoints (
  db: Read,
  { tenantId, before, limit }: { tenantId: string, before: string | undefined, limit: number }
): Promise<EndpointRow[]> {
  return await db.select().from(webhookEndpoint)
    .where(
      and(eq(webhookEndpoint.tenantId, tenantId), before === undefined ? undefined : lt(webhookEndpoint.id, before))
    )
    .orderBy(desc(webhookEndpoint.id)).limit(limit)
}

/** Writes changed fields and counts the version up. */
export async function updateEndpoint (
  tx: Tx,
  { tenantId, id }: Pick<EndpointRow, 'tenantId' | 'id'>,
  changes: Partial<EndpointRow>
): Promise<EndpointRow | undefined> {
  const [row] = await tx.update(webhookEndpoint).set({ ...changes, version: sql`${webhookEndpoint.version} + 1` })
    .where(and(eq(webhookEndpoint.tenantId, tenantId), eq(webhookEndpoint.id, id))).returning()
  return row
}

/** Deletes an endpoint with its deliveries; false when it is not there. */
export async function deleteEndpoint (tx: TenantTx, id: string): Promise<boolean> {
  const { rowCount } = await tx.delete(webhookEndpoint).where(
    and(eq(webhookEndpoint.tenantId, tx.tenantId), eq(webhookEndpoint.id, id))
  )
  return (rowCount ?? 0) > 0
}

/** Enabled endpoints that want some of these types. None is disabled, and no attempt of it recorded, until the transaction ends. */
export async function holdEnabledEndpoints (
  tx: Tx,
  tenantIds: readonly string[],
  types: readonly string[]
): Promise<Pick<EndpointRow, 'tenantId' | 'id' | 'types'>[]> {
  return await tx.select({ tenantId: webhookEndpoint.tenantId, id: webhookEndpoint.id, types: webhookEndpoint.types })
    .from(webhookEndpoint)
    .where(
      and(
        inArray(webhookEndpoint.tenantId, [...tenantIds]),
        eq(webhookEndpoint.state, 'enabled'),
        or(eq(webhookEndpoint.types, []), arrayOverlaps(webhookEndpoint.types, [...types]))
      )
    )
    .orderBy(asc(webhookEndpoint.tenantId), asc(webhookEndpoint.id)).for('update')
}

export type NewDelivery = Pick<
  DeliveryRow,
  'tenantId' | 'id' | 'endpointId' | 'eventId' | 'eventType' | 'subject' | 'event' | 'createdAt'
>

/** What a delivery of an event to an endpoint says of it. */
export function deliveryOf (event: DuelineEvent, endpointId: string): Omit<NewDelivery, 'id' | 'createdAt'> {
  return {
    tenantId: event.tenantid,
    endpointId,
    eventId: event.id,
    eventType: event.type,
    subject: event.subject ?? event.id,
    event
  }
}

/** Stores deliveries that are not there yet, in this order behind what is there of their subjects. Returns endpoints that are to be looked at. */
export async function insertDeliveries (
  tx: Tx,
  deliveries: readonly NewDelivery[],
  now: Micros
): Promise<EndpointKey[]> {
  if (deliveries.length === 0) return []
  const fresh = await tx.insert(webhookDelivery).values(
    deliveries.map((delivery) => ({ ...delivery, state: 'pending' as const }))
  )
    .onConflictDoNothing({ target: [webhookDelivery.tenantId, webhookDelivery.endpointId, webhookDelivery.eventId] })
    .returning({
      tenantId: webhookDelivery.tenantId,
      endpointId: webhookDelivery.endpointId,
      subject: webhookDelivery.subject
    })
  return await promoteHeads(tx, fresh, now)
}

export async function listDeliveries (
  db: Read,
  { tenantId, before, limit, endpointId, state }: {
    tenantId: string,
    before: string | undefined,
    limit: number,
    endpointId: string | undefined,
    state: DeliveryRow['state'] | undefined
  }
): Promise<DeliveryRow[]> {
  return await db.select().from(webhookDelivery).where(and(
    eq(webhookDelivery.tenantId, tenantId),
    before === undefined ? undefined : lt(webhookDelivery.id, before),
    endpointId === undefined ? undefined : eq(webhookDelivery.endpointId, endpointId),
    state === undefined ? undefined : eq(webhookDelivery.state, state)
  )).orderBy(desc(webhookDelivery.id)).limit(limit)
}

/** Puts a delivery that is done with in line again, behind what is pending of its subject. Its endpoint is locked. */
export async function requeueDelivery (tx: Tx, { tenantId, id }: Pick<DeliveryRow, 'tenantId' | 'id'>): Promise<void> {
  await tx.update(webhookDelivery)
    .set({
      state: 'pending',
      attempts: 0,
      nextAttemptAt: null,
      position: sql`nextval(pg_get_serial_sequence('webhook_delivery', 'position'))`
    })
    .where(and(eq(webhookDelivery.tenantId, tenantId), eq(webhookDelivery.id, id)))
}

export async function readDelivery (db: Read, tenantId: string, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await db.select().from(webhookDelivery).where(
    and(eq(webhookDelivery.tenantId, tenantId), eq(webhookDelivery.id, id))
  )
  return row
}

/** A delivery in whatever state, held until the transaction ends. */
export async function lockDeliveryById (tx: TenantTx, id: string): Promise<DeliveryRow | undefined> {
  const [row] = await tx.select().from(webhookDelivery).where(
    and(eq(webhookDelivery.tenantId, tx.tenantId), eq(webhookDelivery.id, id))
  ).for('update')
  return row
}
