import type { Handler } from '@dueline/messaging'
import { saveCalendars } from '../store/calendar-store.ts'

/** Keeps the copies of calendars, newest version each. */
export const onCalendarPublished: Handler<'dueline.calendar.published.v1'> = async (tx, events) => {
  await saveCalendars(
    tx,
    events.map(({ tenantid: tenantId, data: { calendar: { id, version, spec } } }) => ({ tenantId, id, version, spec }))
  )
}
