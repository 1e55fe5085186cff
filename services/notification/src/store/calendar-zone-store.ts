import { newestWins, type Tx } from '@dueline/postgres'
import { calendarZone } from './tables.ts'

export type CalendarZone = typeof calendarZone.$inferSelect

/** The zone of each calendar's newest version. */
export const saveCalendarZones = newestWins(calendarZone, ['version'])

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
