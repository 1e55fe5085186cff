import type { DuelineEvent } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import { afterCommit } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import { isCopied, onDirectoryChanged } from '@dueline/service'
import type { Timers } from '@dueline/timers'
import { saveCalendarZones, type CalendarZone } from '../store/calendar-zone-store.ts'
import { appendToFeed } from '../store/feed-store.ts'
import { savePeople } from '../store/person-store.ts'
import { writeToPeople } from './write-to-people.ts'

/** `feedGrew` gets, once they are there for good, the events that were appended. */
export interface OnEventsDeps {
  clock: Clock
  ids: Ids
  timers: Pick<Timers, 'set'>
  feedGrew(events: readonly DuelineEvent[]): void
}

/**
 * Every event ends here: into the feed, from which webhooks and streams are served, and to the people who should know
 * of it.
 */
export function createOnEvents (deps: OnEventsDeps): Handler {
  return async (tx, events) => {
    const changed = events.filter((event) => event.type === 'dueline.person.changed.v1')
    await savePeople(tx, changed.map((event) => ({ ...event.data.person, tenantId: event.tenantid })))
    await onDirectoryChanged(tx, events.filter(isCopied))
    await saveCalendarZones(tx, events.flatMap(zoneIn))
    await appendToFeed(tx, events)
    await writeToPeople(tx, events, deps)
    afterCommit(tx, () => deps.feedGrew(events))
  }
}

/** Clocks name the zone of their calendar, too: it may have been published before this service stored zones. */
function zoneIn (event: DuelineEvent): CalendarZone[] {
  const tenantId = event.tenantid
  if (event.type === 'dueline.calendar.published.v1') {
    const { id, version, spec } = event.data.calendar
    return [{ tenantId, id, version, timeZone: spec.timezone }]
  }
  if (!('clock' in event.data)) return []
  const { calendarId: id, calendarVersion: version, timeZone = null } = event.data.clock
  return id === null || timeZone === null ? [] : [{ tenantId, id, version, timeZone }]
}
