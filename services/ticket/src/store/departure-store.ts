import { formatInstant } from '@dueline/business-time'
import { ticketsLeftMax, type AssigneeLeft } from '@dueline/contracts'
import { readInstant, type Read, type Tx } from '@dueline/postgres'
import { isUnfinished } from './waiting-store.ts'

/** What an event says of whether somebody is there. */
export interface Standing {
  readonly tenantId: string
  readonly id: string
  readonly active: boolean
  readonly version: number
}

const valuesOf = (people: readonly Standing[]): unknown[] => [
  people.map(({ tenantId }) => tenantId),
  people.map(({ id }) => id),
  people.map(({ version }) => version)
]

/**
 * Notes who has come back and who has left, and answers those who have left since they were there last. Copies may be
 * ahead of events, since the directory is asked too: what they say of a departure does not count as said, and an event
 * that is older than its copy says nothing of who is there now. Copies of the people must have been saved.
 */
export async function noteDepartures (tx: Tx, people: readonly Standing[]): Promise<Standing[]> {
  // in one order for all writers two of them do not wait for each other
  const inOrder = [...people].sort((a, b) => `${a.tenantId} ${a.id}` < `${b.tenantId} ${b.id}` ? -1 : 1)
  const [back, gone] = [inOrder.filter(({ active }) => active), inOrder.filter(({ active }) => !active)]
  if (back.length > 0) {
    await tx.$client.query({
      name: 'departures-over',
      text: `delete from departure d using unnest($1::text[], $2::uuid[], $3::integer[]) as k(tenant_id, id, version)
        where d.tenant_id = k.tenant_id and d.person_id = k.id and d.version < k.version`,
      values: valuesOf(back)
    })
  }
  if (gone.length === 0) return []
  const { rows } = await tx.$client.query<Omit<Standing, 'active'>>({
    name: 'departures-noted',
    text: `insert into departure (tenant_id, person_id, version)
      select k.tenant_id, k.id, max(k.version)
      from unnest($1::text[], $2::uuid[], $3::integer[]) as k(tenant_id, id, version)
        join person p on p.tenant_id = k.tenant_id and p.id = k.id and p.version <= k.version
      group by k.tenant_id, k.id order by k.tenant_id, k.id
      on conflict do nothing returning tenant_id as "tenantId", person_id as id, version`,
    values: valuesOf(gone)
  })
  return rows.map((row) => ({ ...row, active: false }))
}

type TicketLeft = AssigneeLeft['tickets'][number]

/** How many unfinished tickets somebody has, and the nearest due of them. */
export async function openTicketsOf (
  read: Read,
  tenantId: string,
  personId: string
): Promise<{ openTickets: number, tickets: TicketLeft[] }> {
  const { rows } = await read.$client.query<TicketLeft & { openTickets: number }>({
    name: 'open-tickets-of',
    text: `select t.id, t.number, t.status, t.priority, t.team_id as "teamId", d.due_at::text as "dueAt",
        count(*) over ()::int as "openTickets"
      from ticket t left join ticket_sla d on d.tenant_id = t.tenant_id and d.ticket_id = t.id
      where t.tenant_id = $1 and t.assignee_id = $2 and t.${isUnfinished}
      order by coalesce(d.due_at, 'infinity'), t.id limit $3`,
    values: [tenantId, personId, ticketsLeftMax]
  })
  const tickets = rows.map(({ openTickets: _, dueAt, ...ticket }) => ({
    ...ticket,
    dueAt: dueAt === null ? null : formatInstant(readInstant(dueAt))
  }))
  return { openTickets: rows[0]?.openTickets ?? 0, tickets }
}
