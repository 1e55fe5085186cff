import type { Micros } from '@dueline/business-time'
import { instantParam, type Tx } from '@dueline/postgres'
import { and, eq, sql } from 'drizzle-orm'
import { message, type MessageRow } from './tables.ts'

type Row = { tenantId: string, id: string }

/** Begins an attempt of pending messages: counts it and returns them whole. The caller holds their rows' locks. */
export async function beginMessages (
  tx: Tx,
  owners: readonly { tenantId: string, ownerId: string }[]
): Promise<MessageRow[]> {
  // two parameters, not two for each: writing and parsing such a statement took as long as running it
  const tenantIds = sql.param(owners.map(({ tenantId }) => tenantId))
  const ids = sql.param(owners.map(({ ownerId }) => ownerId))
  return await tx.update(message).set({ attempts: sql`${message.attempts} + 1` })
    .where(
      and(
        sql`(${message.tenantId}, ${message.id}) in (select * from unnest(${tenantIds}::text[], ${ids}::uuid[]))`,
        eq(message.state, 'pending')
      )
    )
    .returning()
}

/** Uncounts attempts that were begun and never made; returns those that nobody else has gone on with. */
export async function releaseMessages (tx: Tx, messages: readonly MessageRow[]): Promise<Row[]> {
  const { rows } = await tx.$client.query<Row>({
    name: 'message-give-back',
    text: `update message m set attempts = m.attempts - 1
           from unnest($1::text[], $2::uuid[], $3::int[]) as a(tenant_id, id, attempts)
           where m.tenant_id = a.tenant_id and m.id = a.id and m.attempts = a.attempts and m.state = 'pending'
           returning m.tenant_id as "tenantId", m.id`,
    values: [
      messages.map(({ tenantId }) => tenantId),
      messages.map(({ id }) => id),
      messages.map(({ attempts }) => attempts)
    ]
  })
  return rows
}

/** A message after an attempt. `reason`: why it was not sent, fit to be kept. */
export interface MessageEnd {
  readonly message: MessageRow
  readonly state: MessageRow['state']
  readonly sentAt: Micros | null
  readonly reason: string | null
}

/** Writes down how attempts ended; returns the ids of messages that nobody else has gone on with. */
export async function recordMessages (tx: Tx, ends: readonly MessageEnd[]): Promise<Set<string>> {
  const { rows } = await tx.$client.query<{ id: string }>({
    name: 'message-record',
    text: `update message m set state = e.state, sent_at = e.sent_at, last_error = e.reason
           from unnest($1::text[], $2::uuid[], $3::int[], $4::text[], $5::timestamptz[], $6::text[])
             as e(tenant_id, id, attempts, state, sent_at, reason)
           where m.tenant_id = e.tenant_id and m.id = e.id and m.attempts = e.attempts and m.state = 'pending'
           returning m.id`,
    values: [
      ends.map(({ message }) => message.tenantId),
      ends.map(({ message }) => message.id),
      ends.map(({ message }) => message.attempts),
      ends.map(({ state }) => state),
      ends.map(({ sentAt }) => sentAt === null ? null : instantParam(sentAt)),
      ends.map(({ reason }) => reason)
    ]
  })
  return new Set(rows.map(({ id }) => id))
}
