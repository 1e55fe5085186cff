import type { Tx } from '@dueline/postgres'

export interface CalendarZone {
  tenantId: string
  id: string
  version: number
  timeZone: string
}

/** Keeps the zone of each calendar's newest version, whatever order they come in. What is known is only read. */
export async function upsertCalendarZones (tx: Tx, calendars: readonly CalendarZone[]): Promise<void> {
  if (calendars.length === 0) return
  await tx.$client.query({
    name: 'calendar-zone-write',
    text: `insert into calendar_zone (tenant_id, id, version, time_zone)
           select distinct on (tenant_id, id) tenant_id, id, version, time_zone
           from unnest($1::text[], $2::uuid[], $3::int[], $4::text[]) as c(tenant_id, id, version, time_zone)
           where not exists (select 1 from calendar_zone known
             where known.tenant_id = c.tenant_id and known.id = c.id and known.version >= c.version)
           order by tenant_id, id, version desc
           on conflict (tenant_id, id) do update set version = excluded.version, time_zone = excluded.time_zone
           where excluded.version > calendar_zone.version`,
    values: [
      calendars.map(({ tenantId }) => tenantId),
      calendars.map(({ id }) => id),
      calendars.map(({ version }) => version),
      calendars.map(({ timeZone }) => timeZone)
    ]
  })
}

/** The zones of the given calendars, by id; those that are not known are not in the answer. */
export async function readCalendarZones (
  tx: Tx,
  tenantIds: readonly string[],
  ids: readonly string[]
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const { rows } = await tx.$client.query<{ id: string, timeZone: string }>({
    name: 'calendar-zone-read',
    text: 'select id, time_zone as "timeZone" from calendar_zone where tenant_id = any($1) and id = any($2::uuid[])',
    values: [tenantIds, ids]
  })
  return new Map(rows.map(({ id, timeZone }) => [id, timeZone]))
}
