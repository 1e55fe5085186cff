import { cleanText } from '@dueline/contracts'
import type { Database, Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import type { Bus, InRecord } from './bus.ts'
import { partitionOf } from './murmur2.ts'

/** Why a record was put aside: it cannot be read, or its handler fails on it. */
export type DeadLetterReason =
  | 'oversized'
  | 'not_an_event'
  | 'unknown_type'
  | 'bad_json'
  | 'schema_fault'
  | 'handler_failed'

/** A record to put aside. */
export interface NewDeadLetter {
  record: InRecord
  reason: DeadLetterReason
  detail: string
}

/**
 * A dead letter as operators see it: no domain data. `tenantId` is '' when the record does not say. Times as Postgres
 * text.
 */
export interface DeadLetter {
  id: string
  tenantId: string
  consumer: string
  topic: string
  partition: number
  offset: string
  reason: DeadLetterReason
  detail: string
  eventId: string | null
  eventType: string | null
  valueBytes: number
  failedAt: string
  resentAt: string | null
  resentCount: number
}

/** Kept of a record too large to be read: enough to see what it is. */
export const oversizedBytesMax = 4_096
const tenantText = /^[a-z0-9][a-z0-9-]{0,62}$/

/** Stores dead letters in the transaction that passes over their records; a record is stored once per consumer. */
export async function park (tx: Tx, ids: Ids, consumer: string, letters: readonly NewDeadLetter[]): Promise<void> {
  for (const { record, reason, detail } of letters) {
    const { headers } = record
    const tenant = headers.ce_tenantid
    const value = reason === 'oversized' ? record.value.subarray(0, oversizedBytesMax) : record.value
    await tx.$client.query({
      name: 'dead_letter_park',
      text: `
        insert into dead_letter (tenant_id, id, consumer, topic, part, off, reason, detail, event_id, event_type, key,
          headers, value, value_bytes)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (consumer, topic, part, off) do nothing`,
      values: [
        tenant !== undefined && tenantText.test(tenant) ? tenant : '',
        ids.next(),
        consumer,
        record.topic,
        record.partition,
        String(record.offset),
        reason,
        cleanText(detail, 2_000),
        text(headers.ce_id),
        text(headers.ce_type),
        storedKey(record.key),
        JSON.stringify(headers),
        Buffer.from(value),
        record.value.byteLength
      ]
    })
  }
}

/** Kept for sending the record again, so no more is changed than Postgres asks for. */
function storedKey (key: string): string {
  return key.replaceAll('\0', '').slice(0, 1_000)
}

function text (value: string | undefined): string | null {
  return value === undefined ? null : cleanText(value, 200)
}

const columns =
  `id::text, tenant_id as "tenantId", consumer, topic, part as partition, off::text as "offset", reason, detail,
  event_id as "eventId", event_type as "eventType", value_bytes as "valueBytes", failed_at as "failedAt",
  resent_at as "resentAt", resent_count as "resentCount"`

/** Whose dead letters: a tenant's, and `ofUnknown` those that name no tenant, which may be anybody's. */
export interface Whose {
  tenantId: string
  ofUnknown?: boolean
}
const tenantsOf = ({ tenantId, ofUnknown = false }: Whose): string[] => ofUnknown ? [tenantId, ''] : [tenantId]

/**
 * A page of dead letters, newest first. `after` is the last one of
 * the page before; `open` leaves out those that were resent.
 */
export async function listDeadLetters (database: Database, { limit, after, open, ...whose }: Whose & {
  limit: number,
  after?: { failedAt: string, id: string },
  open?: boolean
}): Promise<DeadLetter[]> {
  const { rows } = await database.pool.query<DeadLetter>(
    `
    select ${columns} from dead_letter
    where tenant_id = any($1) and ($3::timestamptz is null or (failed_at, id) < ($3::timestamptz, $4::uuid))
      and ($5 is not true or resent_at is null)
    order by failed_at desc, id desc limit $2`,
    [tenantsOf(whose), limit, after?.failedAt ?? null, after?.id ?? null, open ?? null]
  )
  return rows
}

/** How a resend ended; `truncated`: an oversized record, of which only the beginning was kept. */
export type Resend = { outcome: 'resent', letter: DeadLetter } | { outcome: 'not_found' | 'truncated' }

/**
 * Publishes the original record once more, with its id: the consumer that put it aside handles it now, all others
 * drop it as a duplicate. It comes after newer events of its aggregate, so replicas go by `sequence`. May be repeated.
 * @throws BusError when the bus does not take it; nothing is noted then
 */
export async function resendDeadLetter (
  { database, bus, id, ...whose }: Whose & { database: Database, bus: Bus, id: string }
): Promise<Resend> {
  return await database.tx(async (tx): Promise<Resend> => {
    const { rows: [row] } = await tx.$client.query<
      { topic: string, key: string, headers: string, value: Buffer, reason: DeadLetterReason }
    >(
      'select topic, key, headers, value, reason from dead_letter where tenant_id = any($1) and id = $2 for update',
      [tenantsOf(whose), id]
    )
    if (row === undefined) return { outcome: 'not_found' }
    if (row.reason === 'oversized') return { outcome: 'truncated' }
    const producer = await bus.producer()
    try {
      const partition = partitionOf(row.key, await bus.partitionCount(row.topic))
      await producer.publish([{
        topic: row.topic,
        key: row.key,
        partition,
        value: row.value,
        headers: JSON.parse(row.headers) as Record<string, string>
      }], { signal: AbortSignal.timeout(10_000) })
    } finally {
      await producer.close()
    }
    const { rows: [letter] } = await tx.$client.query<DeadLetter>(
      `
      update dead_letter set resent_at = now(), resent_count = resent_count + 1
        where tenant_id = any($1) and id = $2 returning ${columns}`,
      [tenantsOf(whose), id]
    )
    return { outcome: 'resent', letter: letter! }
  })
}
