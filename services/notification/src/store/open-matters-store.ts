import { jsonArrayParam, type Tx } from '@dueline/postgres'
import { isNothingOpen, type OpenMatters } from '../domain/open-matters.ts'

/** A ticket with its tenant: batches hold several tenants' events. */
export interface TicketKey {
  tenantId: string
  ticketId: string
}

/** What is open of those of the tickets that have anything open. */
export async function readOpenMatters (
  tx: Tx,
  tickets: readonly TicketKey[]
): Promise<Array<TicketKey & { open: OpenMatters }>> {
  if (tickets.length === 0) return []
  const { rows } = await tx.$client.query<TicketKey & { open: OpenMatters }>({
    name: 'ticket-open-read',
    text: `select o.tenant_id as "tenantId", o.ticket_id as "ticketId", o.open from ticket_open o
           join unnest($1::text[], $2::uuid[]) as t(tenant_id, ticket_id) using (tenant_id, ticket_id)`,
    values: [tickets.map(({ tenantId }) => tenantId), tickets.map(({ ticketId }) => ticketId)]
  })
  return rows
}

/**
 * Writes what is open now; a ticket with nothing open has no row. The caller holds the tenants' feed heads: nobody else
 * writes.
 */
export async function writeOpenMatters (
  tx: Tx,
  tickets: ReadonlyArray<TicketKey & { open: OpenMatters }>
): Promise<void> {
  const waiting = tickets.filter(({ open }) => !isNothingOpen(open))
  const over = tickets.filter(({ open }) => isNothingOpen(open))
  if (waiting.length > 0) {
    await tx.$client.query({
      name: 'ticket-open-write',
      text: `insert into ticket_open (tenant_id, ticket_id, open)
             select * from unnest($1::text[], $2::uuid[], $3::jsonb[])
             on conflict (tenant_id, ticket_id) do update set open = excluded.open`,
      values: [
        waiting.map(({ tenantId }) => tenantId),
        waiting.map(({ ticketId }) => ticketId),
        jsonArrayParam(waiting.map(({ open }) => JSON.stringify(open)))
      ]
    })
  }
  if (over.length > 0) {
    await tx.$client.query({
      name: 'ticket-open-delete',
      text: `delete from ticket_open o using unnest($1::text[], $2::uuid[]) as t(tenant_id, ticket_id)
             where o.tenant_id = t.tenant_id and o.ticket_id = t.ticket_id`,
      values: [over.map(({ tenantId }) => tenantId), over.map(({ ticketId }) => ticketId)]
    })
  }
}
