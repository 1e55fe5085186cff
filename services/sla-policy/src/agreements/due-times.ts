import type { Micros } from '@dueline/business-time'
import { durationOf, type Metric } from '@dueline/contracts'
import type { TenantTx } from '@dueline/postgres'
import type { Terms } from '../domain/policy.ts'
import { findCalendar } from '../store/calendar-store.ts'
import type { CompiledCalendars } from '../store/compiled-calendars.ts'

/**
 * When each metric of the terms would be due if its clock began at `from`, in the open time of this version of their
 * calendar. Null: never, as the calendar has not so much open time left.
 */
export async function dueTimes (
  tx: TenantTx,
  calendars: CompiledCalendars,
  { targets, calendarId }: Pick<Terms, 'targets' | 'calendarId'>,
  calendarVersion: number,
  from: Micros
): Promise<Partial<Record<Metric, Micros | null>>> {
  const found = calendarId === null ? undefined : await findCalendar(tx, tx.tenantId, calendarId, calendarVersion)
  const calendar = found === undefined ? undefined : calendars.get(tx.tenantId, found)
  return Object.fromEntries(
    Object.entries(targets).map(([metric, target]) => {
      const open = durationOf(target)
      if (open === Infinity) return [metric, null]
      if (calendar !== undefined) return [metric, calendar.add(from, open)]
      return [metric, from + open > Number.MAX_SAFE_INTEGER ? null : from + open]
    })
  )
}
