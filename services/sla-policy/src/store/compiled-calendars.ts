import { compileCalendar, type Calendar } from '@dueline/business-time'
import { BoundedMap } from '@dueline/runtime'
import type { VersionedCalendar } from './calendar-store.ts'

/** Compiled calendars by version, which never change; at most 100 are kept. */
export interface CompiledCalendars {
  get(tenantId: string, calendar: VersionedCalendar): Calendar
}

export function createCompiledCalendars (): CompiledCalendars {
  const compiled = new BoundedMap<Calendar>(100)
  return {
    get (tenantId, { id, version, spec }) {
      const key = `${tenantId}/${id}/${version}`
      let calendar = compiled.get(key)
      if (calendar === undefined) compiled.set(key, calendar = compileCalendar(spec))
      return calendar
    }
  }
}
