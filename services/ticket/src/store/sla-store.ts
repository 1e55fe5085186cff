import { newestWins, rowsOf, type Read, type Tx } from '@dueline/postgres'
import { sql, type SQL } from 'drizzle-orm'
import type { TicketSla } from '../domain/sla.ts'
import { ticketClock, ticketEscalation } from './sla-tables.ts'

/** Stores copies of clocks and escalations: the newest of each. */
export const saveClocks = newestWins(ticketClock, ['sequence'])
export const saveEscalations = newestWins(ticketEscalation, ['version'])

const values = ['clock_id', 'metric', 'state', 'due_at', 'breached', 'sequence', 'as_of']
const of = (name: string): string => values.map((column) => `${name}.${column}`).join(', ')
const isOpen = "state in ('running', 'paused')"

// Each clock of the ticket is looked at twice: sorting all of a long history would cost more.
const saveSlasSql = `
  insert into ticket_sla as known (tenant_id, ticket_id, ${values.join(', ')})
  select k.tenant_id, k.ticket_id, first.id, first.metric, first.state, first.due_at, every.breached, first.sequence,
    every.as_of
  from (select distinct * from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id)) as k
    cross join lateral (
      select id, metric, state, case when ${isOpen} then due_at end as due_at, sequence
      from ticket_clock c where c.tenant_id = k.tenant_id and c.ticket_id = k.ticket_id and kind = 'sla'
      order by ${isOpen} desc, case when ${isOpen} then due_at end, stopped_at desc, id limit 1) as first
    cross join lateral (
      select bool_or(breached_at is not null) as breached, max(as_of) as as_of
      from ticket_clock c where c.tenant_id = k.tenant_id and c.ticket_id = k.ticket_id and kind = 'sla') as every
  order by k.tenant_id, k.ticket_id
  on conflict (tenant_id, ticket_id) do update
    set ${values.map((column) => `${column} = excluded.${column}`).join(', ')}
  where (${of('excluded')}) is distinct from (${of('known')}) or known.escalated`

/**
 * Computes what the copies of tickets' clocks come to, in one statement whatever the number. A ticket's events come one
 * batch after the other, so nobody else computes the same meanwhile. An escalation may end with its clock, which need
 * not be the one that is due next: the row of a ticket that has one is written anew.
 */
export async function saveSlas (tx: Tx, tickets: ReadonlyArray<{ tenantId: string, ticketId: string }>): Promise<void> {
  const keys = [tickets.map(({ tenantId }) => tenantId), tickets.map(({ ticketId }) => ticketId)]
  await tx.$client.query({ name: 'ticket-sla-save', text: saveSlasSql, values: keys })
}

// Of the ticket's row in the statement around it. In raw names: drizzle leaves out the table's where there is but one.
const slaText =
  '(select s.shown from ticket_sla s where s.tenant_id = "ticket".tenant_id and s.ticket_id = "ticket".id)'

/** How the SLA of a row of `ticket` stands; the open escalation is the one that has come furthest. */
export const slaOfTicket = sql.raw(slaText) as SQL<TicketSla | null>

export type ClockCopy = Omit<typeof ticketClock.$inferSelect, 'tenantId'>

/** The copies of tickets' clocks, at most `each` per ticket: open ones first, by deadline. `seesAll`: of every kind. */
export async function clocksOf (
  read: Read,
  tenantId: string,
  ticketIds: readonly string[],
  { each, seesAll }: { each: number, seesAll: boolean }
): Promise<ClockCopy[]> {
  return await rowsOf(
    read,
    ticketClock,
    sql`from unnest(${sql.param(ticketIds)}::uuid[]) as k(id) cross join lateral (
      select * from ticket_clock c where c.tenant_id = ${tenantId} and c.ticket_id = k.id
        and (${seesAll} or c.kind = 'sla')
      order by ${sql.raw(isOpen)} desc, c.due_at, c.started_at desc, c.id limit ${each}) ${ticketClock}`
  )
}
