import type { DuelineEvent } from '@dueline/contracts'
import { newestWins, tableRows, type Tx } from '@dueline/postgres'
import { eventScopeOf, ticketIdOf, ticketScopeOf, type EventScope, type TicketScope } from '../domain/event-scope.ts'
import { ticketScope } from './tables.ts'

const scopeRows = tableRows(ticketScope)
const saveScopes = newestWins(ticketScope, ['version'])

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
  await saveScopes(tx, [...changed.values()])
  return scopes
}

async function readScopes (tx: Tx, events: readonly DuelineEvent[]): Promise<Map<string, ScopeRow>> {
  const about = events.filter((event) => ticketIdOf(event) !== null)
  if (about.length === 0) return new Map()
  const { rows } = await tx.$client.query({
    name: 'ticket-scope-read',
    text: `select ${scopeRows.columns()} from ticket_scope
           where (tenant_id, ticket_id) in (select * from unnest($1::text[], $2::uuid[]))`,
    values: [about.map(({ tenantid }) => tenantid), about.map(ticketIdOf)]
  })
  return new Map(rows.map((row) => scopeRows.read(row)).map((row) => [`${row.tenantId} ${row.ticketId}`, row]))
}
