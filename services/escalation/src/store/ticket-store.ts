import type { Micros } from '@dueline/business-time'
import type { TicketSummary } from '@dueline/contracts'
import { rowParams, type Tx } from '@dueline/postgres'

/** A ticket at one version; 0 when it is only known from an event of one of its clocks, as of then. */
export interface TicketCopy {
  readonly tenantId: string
  readonly version: number
  readonly asOf: Micros
  readonly summary: TicketSummary
}

const rows = rowParams({ tenant_id: 'text', id: 'uuid', version: 'integer', as_of: 'instant', summary: 'jsonb' })

const saveSql = `
  insert into ticket (tenant_id, id, version, as_of, summary)
  select distinct on (tenant_id, id) tenant_id, id, version, as_of, summary
  from ${rows.from(1, 'x')}
  order by tenant_id, id, version desc, as_of desc
  on conflict (tenant_id, id) do update
    set version = excluded.version, as_of = excluded.as_of, summary = excluded.summary
  where (excluded.version, excluded.as_of) > (ticket.version, ticket.as_of)`

/** Keeps the newest of each ticket; what a clock's event tells never overrides what the ticket's own told. */
export async function saveTickets (tx: Tx, copies: readonly TicketCopy[]): Promise<void> {
  if (copies.length === 0) return
  const values = rows.values(copies.map(({ tenantId, version, asOf, summary }) => ({
    tenant_id: tenantId,
    id: summary.id,
    version,
    as_of: asOf,
    summary
  })))
  await tx.$client.query({ name: 'ticket-save', text: saveSql, values })
}

/** The fields of a ticket that events of clocks and escalations tell. */
export function summaryOf (
  { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId }: TicketSummary
): TicketSummary {
  return { id, number, subject, type, status, priority, severity, productId, customerId, assigneeId }
}
