import type { Handler } from '@dueline/messaging'
import { saveCalendars } from '../store/copies.ts'

/** Remembers which calendars there are. */
export const onCalendarPublished: Handler<'dueline.calendar.published.v1'> = async (tx, events) => {
  await saveCalendars(
    tx,
    events.map(({ tenantid: tenantId, data: { calendar: { id, version } } }) => ({ tenantId, id, version }))
  )
}
