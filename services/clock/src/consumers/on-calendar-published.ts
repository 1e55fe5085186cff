import { compileCalendar } from '@dueline/business-time'
import type { Handler } from '@dueline/messaging'
import type { Clock } from '@dueline/runtime'
import type { ClockProjector } from '../projection/clock-projector.ts'
import { nothingNew } from '../projection/updates.ts'
import { addCalendars, holdCalendars, removeAwaiting } from '../store/calendar-store.ts'

/**
 * Keeps a copy of every calendar version, and folds the tickets whose agreement waited for it. A calendar that cannot
 * be compiled is refused.
 */
export function onCalendarPublished (
  { projector, clock }: { projector: ClockProjector, clock: Clock }
): Handler<'dueline.calendar.published.v1'> {
  return async (tx, events) => {
    const calendars = events.map((event) => {
      const { calendar: { id, version, name, spec } } = event.data
      compileCalendar(spec)
      return { tenantId: event.tenantid, id, version, name, spec }
    })
    await holdCalendars(tx, calendars, 'arriving')
    await addCalendars(tx, calendars)
    const cause = { kind: 'calendar', id: events.at(-1)?.id ?? null } as const
    await projector.advance(
      tx,
      (await removeAwaiting(tx, calendars)).map((ticket) => nothingNew(ticket, cause)),
      clock.now()
    )
  }
}
