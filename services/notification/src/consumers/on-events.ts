import { DateTime } from 'luxon'
import type { DuelineEvent, Language } from '@dueline/contracts'
import { isOfType } from '@dueline/contracts'
import { afterCommit, type Tx } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import type { Timers } from '@dueline/timers'
import { audienceOf, concernedBy, type Listener } from '../domain/audience.ts'
import { compose } from '../domain/compose.ts'
import { appendToFeed } from '../store/feed-store.ts'
import { insertMessages, type NewMessage } from '../store/message-store.ts'
import { personKey, readPeople, upsertPeople, type TenantPerson } from '../store/person-store.ts'
import { enabledEndpoints, insertDeliveries } from '../store/webhook-store.ts'

export interface OnEventsDeps { clock: Clock, ids: Ids, timers: () => Timers, feedGrew: () => void }

/** Every event ends here: into the feed, to the people who should hear of it, to the webhooks that asked for it. */
export function createOnEvents (deps: OnEventsDeps) {
  return async function onEvents (tx: Tx, events: readonly DuelineEvent[]): Promise<void> {
    const changed = events.filter((event) => isOfType(event, 'dueline.person.changed.v1'))
    if (changed.length > 0) await upsertPeople(tx, changed.map((event) => ({ ...event.data.person, tenantId: event.tenantid })))
    await appendToFeed(tx, events)
    await writeToPeople(tx, events, deps)
    await deliverToWebhooks(tx, events, deps)
    afterCommit(tx, deps.feedGrew)
  }
}

async function writeToPeople (tx: Tx, events: readonly DuelineEvent[], { clock, ids, timers }: OnEventsDeps): Promise<void> {
  const live = events.filter((event) => !event.historical)
  const people = await readPeople(tx, live.flatMap((event) => concernedBy(event).map((id) => ({ tenantId: event.tenantid, id }))))
  // Once per batch and not per event: a busy batch holds hundreds of events of few tenants.
  const byTenant = new Map<string, Map<string, TenantPerson>>()
  for (const person of people.values()) byTenant.set(person.tenantId, (byTenant.get(person.tenantId) ?? new Map()).set(person.id, person))
  const messages = live.flatMap((event) => audienceOf(event, byTenant.get(event.tenantid) ?? new Map())
    .flatMap((listener) => messagesFor(event, listener, people, { clock, ids })))
  const fresh = await insertMessages(tx, messages)
  const mails = fresh.filter((message) => message.channel === 'email')
  await timers().set(tx, mails.map(({ tenantId, id }) => ({ kind: 'mail', tenantId, ownerId: id, dueAt: clock.now() })))
}

/** One message per channel: the inbox always, email where there is an address. */
function messagesFor (event: DuelineEvent, listener: Listener, people: ReadonlyMap<string, TenantPerson>, { clock, ids }: Pick<OnEventsDeps, 'clock' | 'ids'>): NewMessage[] {
  const reader = people.get(personKey(event.tenantid, listener.personId))
  if (reader === undefined) return []
  const { subject, body, language, ticketId } = compose(event, listener, reader, formatDueAt)
  const now = clock.now()
  const both = { tenantId: event.tenantid, eventId: event.id, eventType: event.type, ticketId, personId: reader.id, language, subject, body, createdAt: now }
  const inbox: NewMessage = { ...both, id: ids.next(), channel: 'inbox', recipient: null, state: 'sent', sentAt: now }
  if (reader.email === null) return [inbox]
  return [inbox, { ...both, id: ids.next(), channel: 'email', recipient: reader.email, state: 'pending', sentAt: null }]
}

async function deliverToWebhooks (tx: Tx, events: readonly DuelineEvent[], { clock, ids, timers }: OnEventsDeps): Promise<void> {
  const endpoints = await enabledEndpoints(tx, [...new Set(events.map((event) => event.tenantid))])
  if (endpoints.length === 0) return
  const now = clock.now()
  const deliveries = events.flatMap((event) => endpoints
    .filter((endpoint) => endpoint.tenantId === event.tenantid && (endpoint.types.length === 0 || endpoint.types.includes(event.type)))
    .map((endpoint) => ({ tenantId: event.tenantid, id: ids.next(), endpointId: endpoint.id, eventId: event.id, eventType: event.type, event, createdAt: now })))
  const fresh = await insertDeliveries(tx, deliveries)
  await timers().set(tx, fresh.map(({ tenantId, id }) => ({ kind: 'webhook', tenantId, ownerId: id, dueAt: now })))
}

/** Until people have a time zone of their own, instants are shown in UTC and say so. */
function formatDueAt (instant: string, language: Language): string {
  return `${DateTime.fromISO(instant, { zone: 'utc', locale: language }).toLocaleString(DateTime.DATETIME_MED)} UTC`
}
