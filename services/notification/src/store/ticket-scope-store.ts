import type { DuelineEvent } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { eventScopeOf, ticketIdOf, ticketScopeOf, type EventScope, type TicketScope } from '../domain/event-scope.ts'

interface ScopeRow extends TicketScope {
  readonly tenantId: string
  readonly ticketId: string
}

/**
 * Who may read each of the events, in their order, and keeps whose their tickets are by then. The caller holds the
 * tenants' feed heads: nobody else follows their tickets meanwhile.
 */
export async function followTickets (tx: Tx, events: readonly DuelineEvent[]): Promise<EventScope[]> {
  const known = await readScopes(tx, events)
  const changed = new Map<string, ScopeRow>()
  const scopes = events.map((event) => {
    const ticketId = ticketIdOf(event)
    if (ticketId === null) return eventScopeOf(event, undefined, undefined)
    const key = `${event.tenantid} ${ticketId}`
    const before = known.get(key)
    const said = ticketScopeOf(event)
    if (said === undefined || said.version <= (before?.version ?? 0)) return eventScopeOf(event, before, before)
    const now = { ...said, tenantId: event.tenantid, ticketId }
    known.set(key, now)
    changed.set(key, now)
    return eventScopeOf(event, before, now)
  })
  await writeScopes(tx, [...changed.values()])
  return scopes
}

async function readScopes (tx: Tx, events: readonly DuelineEvent[]): Promise<Map<string, ScopeRow>> {
  const about = events.filter((event) => ticketIdOf(event) !== null)
  if (about.length === 0) return new Map()
  const { rows } = await tx.$client.query<ScopeRow>({
    name: 'ticket-scope-read',
    text: `select tenant_id as "tenantId", ticket_id as "ticketId", customer_id as "customerId",
             assignee_id as "assigneeId", team_id as "teamId", version
           from ticket_scope
           where (tenant_id, ticket_id) in (select * from unnest($1::text[], $2::uuid[]))`,
    values: [about.map(({ tenantid }) => tenantid), about.map(ticketIdOf)]
  })
  return new Map(rows.map((row) => [`${row.tenantId} ${row.ticketId}`, row]))
}

async function writeScopes (tx: Tx, rows: readonly ScopeRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.$client.query({
    name: 'ticket-scope-write',
    text: `insert into ticket_scope (tenant_id, ticket_id, customer_id, assignee_id, team_id, version)
           select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::int[])
           on conflict (tenant_id, ticket_id) do update set customer_id = excluded.customer_id,
             assignee_id = excluded.assignee_id, team_id = excluded.team_id, version = excluded.version`,
    values: [
      rows.map(({ tenantId }) => tenantId),
      rows.map(({ ticketId }) => ticketId),
      rows.map(({ customerId }) => customerId),
      rows.map(({ assigneeId }) => assigneeId),
      rows.map(({ teamId }) => teamId),
      rows.map(({ version }) => version)
    ]
  })
}
