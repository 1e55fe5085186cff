import type { InChargeFacts, Responsibility, TicketInQueue } from '@dueline/contracts'
import type { Read } from '@dueline/postgres'

/** A ticket without an assignee, with its tenant: batches hold those of several. */
export interface QueuedTicket {
  readonly tenantId: string
  readonly ticket: TicketInQueue
}

/** Teams and responsibilities that say who is in charge; people are the service's own copies. */
export type InChargeCopies = Pick<InChargeFacts, 'teams' | 'responsibilities'>

/** Of a tenant that has neither. */
export const noInChargeCopies: InChargeCopies = { teams: [], responsibilities: [] }

type Team = InChargeCopies['teams'][number]

/** More of a kind is not looked at for a product or module: whoever comes first by id answers for it. */
const perSubjectMax = 20

const readSql = `
  with named as (select distinct tenant_id, name from unnest($1::text[], $2::text[]) as n(tenant_id, name)),
    subject as (select distinct tenant_id, id from unnest($3::text[], $4::text[]) as s(tenant_id, id)),
    responsible as (
      select r.* from subject s cross join lateral (
        select c.* from directory_copy c
        where c.tenant_id = s.tenant_id and c.kind = 'responsibility' and not c.deleted
          and coalesce(c.snapshot ->> 'productId', c.snapshot ->> 'moduleId') = s.id
        order by c.id limit ${perSubjectMax}) r)
  select tenant_id as "tenantId", kind, id, snapshot from responsible
  union
  select c.tenant_id, c.kind, c.id, c.snapshot from responsible r
    join directory_copy c on c.tenant_id = r.tenant_id and c.kind = 'team' and c.id = r.snapshot ->> 'teamId'
  union
  select c.tenant_id, c.kind, c.id, c.snapshot from named n
    join directory_copy c on c.tenant_id = n.tenant_id and c.kind = 'team' and c.id = n.name
  union
  select c.tenant_id, c.kind, c.id, c.snapshot from named n
    join directory_copy c on c.tenant_id = n.tenant_id and c.kind = 'team' and lower(c.snapshot ->> 'name') = n.name
  union
  select t.tenant_id, t.kind, t.id, t.snapshot from subject s cross join lateral (
    select c.* from directory_copy c
    where c.tenant_id = s.tenant_id and c.kind = 'team' and not c.deleted
      and (c.snapshot -> 'productIds' ? s.id or c.snapshot -> 'moduleIds' ? s.id)
    order by c.id limit ${perSubjectMax}) t
  order by 1, 2, 3`

/** What `inChargeOf` asks of teams and responsibilities for these tickets, by tenant, in one statement. */
export async function readInChargeCopies (
  read: Read,
  tickets: readonly QueuedTicket[]
): Promise<Map<string, InChargeCopies>> {
  const byTenant = new Map<string, { teams: Team[], responsibilities: Responsibility[] }>()
  if (tickets.length === 0) return byTenant
  const teams = tickets.flatMap(({ tenantId, ticket: { teamId } }) =>
    typeof teamId === 'string' ? [[tenantId, teamId.trim().toLowerCase()] as const] : []
  )
  const subjects = tickets.flatMap(({ tenantId, ticket: { productId, moduleId } }) =>
    [productId, moduleId].flatMap((id) => typeof id === 'string' ? [[tenantId, id] as const] : [])
  )
  const { rows } = await read.$client.query<{ tenantId: string, kind: string, snapshot: unknown }>({
    name: 'in-charge-read',
    text: readSql,
    values: [
      teams.map(([tenantId]) => tenantId),
      teams.map(([, name]) => name),
      subjects.map(([tenantId]) => tenantId),
      subjects.map(([, id]) => id)
    ]
  })
  for (const { tenantId, kind, snapshot } of rows) {
    const of = byTenant.get(tenantId) ?? { teams: [], responsibilities: [] }
    byTenant.set(tenantId, of)
    if (kind === 'team') of.teams.push(snapshot as Team)
    else of.responsibilities.push(snapshot as Responsibility)
  }
  return byTenant
}
