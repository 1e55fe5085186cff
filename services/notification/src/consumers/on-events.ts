import type { DuelineEvent } from '@dueline/contracts'
import { isOfType } from '@dueline/contracts'
import { afterCommit, type Tx } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import type { Timers } from '@dueline/timers'
import { upsertCalendarZones } from '../store/calendar-zone-store.ts'
import { appendToFeed } from '../store/feed-store.ts'
import { upsertPeople } from '../store/person-store.ts'
import { webhookTimer } from '../delivery/webhook-channel.ts'
import { deliveryOf, holdEnabledEndpoints, insertDeliveries } from '../store/webhook-store.ts'
import { writeToPeople } from './write-to-people.ts'

export interface OnEventsDeps {
  clock: Clock
  ids: Ids
  timers: () => Timers
  feedGrew: () => void
}

/** Every event ends here: into the feed, to the people who should hear of it, to the webhooks that asked for it. */
export function createOnEvents (deps: OnEventsDeps) {
  return async function onEvents (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
    const changed = events.filter((event) => isOfType(event, 'dueline.person.changed.v1'))
    if (changed.length > 0) {
      await upsertPeople(tx, changed.map((event) => ({ ...event.data.person, tenantId: event.tenantid })))
    }
    await keepCalendarZones(tx, events)
    await appendToFeed(tx, events)
    await writeToPeople(tx, events, deps)
    await deliverToWebhooks(tx, events, deps)
    afterCommit(tx, deps.feedGrew)
  }
}

async function deliverToWebhooks (
  tx: Tx,
  events: readonly DuelineEvent[],
  { clock, ids, timers }: OnEventsDeps
): Promise<void> {
  const endpoints = await holdEnabledEndpoints(tx, [...new Set(events.map((event) => event.tenantid))], [
    ...new Set(events.map(({ type }) => type))
  ])
  if (endpoints.length === 0) return
  const now = clock.now()
  const deliveries = events.flatMap((event) =>
    endpoints
      .filter((endpoint) =>
        endpoint.tenantId === event.tenantid && (endpoint.types.length === 0 || endpoint.types.includes(event.type))
      )
      .map((endpoint) => ({ ...deliveryOf(event, endpoint.id), id: ids.next(), createdAt: now }))
  )
  const due = await insertDeliveries(tx, deliveries, now)
  await timers().set(tx, due.map((endpoint) => webhookTimer(endpoint, now)))
}

async function keepCalendarZones (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
  const published = events.filter((event) => isOfType(event, 'dueline.calendar.published.v1'))
  if (published.length === 0) return
  await upsertCalendarZones(
    tx,
    published.map(({ tenantid: tenantId, data: { calendar: { id, version, spec } } }) => ({
      tenantId,
      id,
      version,
      timeZone: String(spec['timezone'])
    }))
  )
}
