import { readInstant, type Read, type Tx } from '@dueline/postgres'
import type { Language } from '@dueline/contracts'
import type { WaitingTicket } from '../domain/assignment.ts'

/** The condition of the indexes on tickets that are not finished; it must be spelled out for them to be used. */
export const isUnfinished = "status in ('new', 'open', 'waiting_on_customer', 'waiting_on_vendor')"

interface WaitingRow {
  id: string
  type: WaitingTicket['subject']['type']
  priority: WaitingTicket['subject']['priority']
  severity: WaitingTicket['subject']['severity']
  product_id: string | null
  module_id: string | null
  question_id: string | null
  customer_id: string
  channel: WaitingTicket['subject']['channel']
  languages: Language[]
  last_agent_id: string | null
  due_at: string | null
}

const lastAgent = `(select l.assignee_id from ticket l where l.tenant_id = t.tenant_id
  and l.customer_id = t.customer_id and l.assignee_id is not null and l.id <> t.id
  order by l.created_at desc, l.id desc limit 1)`
const columns =
  `t.id, t.type, t.priority, t.severity, t.product_id, t.module_id, t.question_id, t.customer_id, t.channel,
  coalesce(p.languages, array[coalesce(p.language, 'en')]) as languages, d.due_at::text as due_at`
const beside = `left join ticket_sla d on d.tenant_id = t.tenant_id and d.ticket_id = t.id
  left join person p on p.tenant_id = t.tenant_id and p.id = t.customer_id`

/** A place in the queue: behind this deadline (`infinity`: none) and this ticket. */
export interface QueuePlace {
  readonly dueAt: string
  readonly id: string
}

/**
 * At most `limit` tickets that wait for somebody, nearest due first, behind `after`. `teamId`: all of that team, else
 * all but imported ones, whose past may not be known to its end. `sticky`: with who had the customer's last ticket.
 */
export async function waitingTickets (
  read: Read,
  tenantId: string,
  { limit, after, sticky, teamId = null }: {
    limit: number,
    after: QueuePlace | null,
    sticky: boolean,
    teamId?: string | null
  }
): Promise<{ tickets: WaitingTicket[], last: QueuePlace | null }> {
  const { rows } = await read.$client.query<WaitingRow>({
    text: `select ${columns}, ${sticky ? lastAgent : 'null::uuid'} as last_agent_id
      from (select t.*, coalesce(d.due_at, 'infinity') as place from ticket t
          left join ticket_sla d on d.tenant_id = t.tenant_id and d.ticket_id = t.id
        where t.tenant_id = $1 and t.assignee_id is null and t.${isUnfinished}
          and (t.team_id = $5 or $5::text is null and t.channel <> 'import')
          and ($2::timestamptz is null or (coalesce(d.due_at, 'infinity'), t.id) > ($2, $3::uuid))
        order by place, t.id limit $4) t ${beside}
      order by t.place, t.id`,
    values: [tenantId, after?.dueAt ?? null, after?.id ?? null, limit, teamId]
  })
  const end = rows.at(-1)
  return {
    tickets: rows.map(ticketOf),
    last: end === undefined ? null : { dueAt: end.due_at ?? 'infinity', id: end.id }
  }
}

/** One ticket as decisions see it, whether it waits or not; null when there is none. */
export async function decidedTicket (read: Read, tenantId: string, id: string): Promise<WaitingTicket | null> {
  const { rows } = await read.$client.query<WaitingRow>({
    text:
      `select ${columns}, ${lastAgent} as last_agent_id from ticket t ${beside} where t.tenant_id = $1 and t.id = $2`,
    values: [tenantId, id]
  })
  return rows.map(ticketOf)[0] ?? null
}

function ticketOf (row: WaitingRow): WaitingTicket {
  const { id, type, priority, severity, channel } = row
  return {
    id,
    subject: {
      type,
      priority,
      severity,
      productId: row.product_id,
      moduleId: row.module_id,
      questionId: row.question_id,
      customerId: row.customer_id,
      channel
    },
    languages: row.languages,
    lastAgentId: row.last_agent_id,
    dueAt: row.due_at === null ? null : readInstant(row.due_at)
  }
}

/** The tenants in which tickets wait for a rule. */
export async function tenantsWaiting (read: Read): Promise<string[]> {
  const { rows } = await read.$client.query<{ tenant_id: string }>({
    name: 'tenants-waiting',
    // each looks for one row by its key: joined, all waiting tickets are read where no rule is
    text: `select u.tenant_id from assignment_turn u
       cross join lateral (select from assignment_rule r where r.tenant_id = u.tenant_id and r.active limit 1) r
       cross join lateral (select from ticket t where t.tenant_id = u.tenant_id and t.assignee_id is null
         and t.${isUnfinished} and t.channel <> 'import' limit 1) t
     order by u.tenant_id`
  })
  return rows.map(({ tenant_id: tenantId }) => tenantId)
}

/** Makes sure that the tenant has a turn to be locked. */
export async function addTurn (tx: Tx, tenantId: string): Promise<void> {
  await tx.$client.query('insert into assignment_turn (tenant_id) values ($1) on conflict do nothing', [tenantId])
}

/** Locks the tenant's turn until the transaction ends; false when somebody else has it and `wait` is not wanted. */
export async function lockTurn (tx: Tx, tenantId: string, { wait }: { wait: boolean }): Promise<boolean> {
  const { rowCount } = await tx.$client.query(
    `select from assignment_turn where tenant_id = $1 for update ${wait ? '' : 'skip locked'}`,
    [tenantId]
  )
  return rowCount === 1
}
