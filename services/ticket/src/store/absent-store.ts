import type { Micros } from '@dueline/business-time'
import type { EffectiveAvailability } from '@dueline/contracts'
import { instantParam, type Read } from '@dueline/postgres'
import { goBack, returnedStatuses } from '../domain/absence.ts'
import { worksByColumns, worksByJoin, type CalendarCache } from './calendar-store.ts'
import { readSettings } from './settings-store.ts'
import { availabilityOf, type PresenceRow } from './snapshot-store.ts'
import { isActive, membersOfTeam } from './team-store.ts'
import { isUnfinished } from './waiting-store.ts'

/** The tenants that want tickets back from whoever is absent or not at work any more. */
export async function tenantsThatReturn (read: Read): Promise<string[]> {
  const { rows } = await read.$client.query<{ tenant_id: string }>({
    name: 'tenants-that-return',
    text: `select tenant_id from assignment_settings
      where when_absent = 'return' or when_shift_ends = 'return' order by tenant_id`
  })
  return rows.map(({ tenant_id: tenantId }) => tenantId)
}

/** Imported tickets are left alone: their past may not be known to its end. */
const isReturned = `t.${isUnfinished} and t.status = any($3) and t.channel <> 'import'`

// whoever may be absent, by indexes; `effectiveAvailability` says who is. $4: calendars that are closed
const absentSql = `
  with maybe as (
    select person_id as id from availability where tenant_id = $1 and state in ('away', 'off')
    union select person_id from absence where tenant_id = $1 and not deleted and ends_at > $2 and starts_at <= $2
    union select id from person where tenant_id = $1 and not active and role <> 'customer'
    union select id from person where tenant_id = $1 and calendar_id = any($4::uuid[])
    union select m.id::uuid from directory_copy t cross join lateral (${membersOfTeam('t')}) as m(id)
      where t.tenant_id = $1 and t.kind = 'team' and t.snapshot ->> 'calendarId' is not null
        and t.snapshot ->> 'calendarId' = any($4::uuid[]::text[]) and ${isActive('t')})
  select p.id, p.active, a.state, a.until::text, ${worksByColumns},
    exists (select from absence b where b.tenant_id = $1 and b.person_id = p.id and not b.deleted
      and b.starts_at <= $2 and $2 < b.ends_at) as away
  from maybe join person p on p.tenant_id = $1 and p.id = maybe.id
    left join availability a on a.tenant_id = $1 and a.person_id = p.id
    ${worksByJoin('array(select id::text from maybe)')}
  where exists (select from ticket t where t.tenant_id = $1 and t.assignee_id = p.id and ${isReturned})`

/**
 * Who has tickets that go back at an instant, and why: whoever is absent, or not at work any more, as the tenant's
 * settings say.
 */
export async function absentPeople (
  read: Read,
  tenantId: string,
  { at, calendars }: { at: Micros, calendars: CalendarCache }
): Promise<Map<string, EffectiveAvailability>> {
  const settings = await readSettings(read, tenantId)
  const closed = await calendars.closedAt(read, tenantId, at)
  const values = [tenantId, instantParam(at), returnedStatuses, closed]
  const { rows } = await read.$client.query<PresenceRow & { id: string }>({
    name: 'absent-people',
    text: absentSql,
    values
  })
  const isOpen = await calendars.openAt(read, tenantId, rows, at)
  const all = rows.map((row) => [row.id, availabilityOf(row, at, isOpen(row))] as const)
  return new Map(all.filter(([, availability]) => goBack(availability, settings)))
}

/** At most `limit` tickets that wait for these people, nearest due first. */
export async function ticketsOf (
  read: Read,
  tenantId: string,
  people: readonly string[],
  limit: number
): Promise<string[]> {
  const { rows } = await read.$client.query<{ id: string }>({
    text: `select t.id from ticket t left join ticket_sla d on d.tenant_id = t.tenant_id and d.ticket_id = t.id
      where t.tenant_id = $1 and t.assignee_id = any($2::uuid[]) and ${isReturned}
      order by coalesce(d.due_at, 'infinity'), t.id limit $4`,
    values: [tenantId, people, returnedStatuses, limit]
  })
  return rows.map(({ id }) => id)
}
