import { candidatesInCharge, inChargeOf, type DuelineEvent } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import { noInChargeCopies, readInChargeCopies } from '@dueline/service'
import type { Timers } from '@dueline/timers'
import {
  audienceOf,
  concernedBy,
  isNotifiable,
  needsNotified,
  queuedIn,
  type NotifiableEvent,
  type Known,
  type Listener
} from '../domain/audience.ts'
import { announceAdded } from '../delivery/inbox-events.ts'
import { compose, type Frame } from '../domain/compose.ts'
import {
  afterEvent,
  concernsOpenMatters,
  isNothingOpen,
  nothingOpen,
  type OpenMatters
} from '../domain/open-matters.ts'
import { notifiedOfBreach } from '../domain/notified.ts'
import { readCalendarZones } from '../store/calendar-zone-store.ts'
import { insertMessages, readBreachMessages, type BreachMessage, type NewMessage } from '../store/message-store.ts'
import { readOpenMatters, writeOpenMatters } from '../store/open-matters-store.ts'
import { readPeople, readStaffInCharge, type TenantPerson } from '../store/person-store.ts'
import { readerTime } from './reader-time.ts'

export interface WriteToPeopleDeps {
  clock: Clock
  ids: Ids
  timers: Pick<Timers, 'set'>
}

/** What is open of a ticket after an event, and whether the event's clock was not. */
interface Followed {
  readonly open: OpenMatters
  readonly isOpenAgain: boolean
}
type OpenByEvent = ReadonlyMap<DuelineEvent, Followed>

/**
 * Messages to the people who should know of the events. The caller holds the tenants' feed heads: no other batch of
 * theirs runs beside it.
 */
export async function writeToPeople (
  tx: Tx,
  events: readonly DuelineEvent[],
  { clock, ids, timers }: WriteToPeopleDeps
): Promise<void> {
  const open = await followOpenMatters(tx, events)
  const live = events.filter((event) => !event.historical)
  const tellings = await readTellings(tx, live, open)
  const messages: NewMessage[] = []
  for (const event of live.filter(isNotifiable)) {
    for (const listener of audienceOf(event, tellings.known(event, messages))) {
      const reader = tellings.reader(event, listener)
      messages.push(...messagesFor(event, listener, reader, tellings.frame(event, reader), { clock, ids }))
    }
  }
  const fresh = await insertMessages(tx, messages)
  const stored = new Set(fresh.map(({ tenantId, id }) => `${tenantId} ${id}`))
  const inbox = messages.filter(({ channel, tenantId, id }) => channel === 'inbox' && stored.has(`${tenantId} ${id}`))
  await announceAdded(tx, inbox, { clock, ids })
  const mails = fresh.filter((message) => message.channel === 'email')
  await timers.set(tx, mails.map(({ tenantId, id }) => ({ kind: 'mail', tenantId, ownerId: id, dueAt: clock.now() })))
}

const ticketIdOf = ({ partitionkey }: DuelineEvent): string => partitionkey

/** Keeps what is open of the events' tickets; what was open when an event had happened is in the answer. */
async function followOpenMatters (tx: Tx, events: readonly DuelineEvent[]): Promise<OpenByEvent> {
  const concerned = events.filter(concernsOpenMatters)
  const keyOf = (tenantId: string, ticketId: string): string => `${tenantId}/${ticketId}`
  const keys = new Map(concerned.map((event) => {
    const [tenantId, ticketId] = [event.tenantid, ticketIdOf(event)]
    return [keyOf(tenantId, ticketId), { tenantId, ticketId }]
  }))
  const rows = await readOpenMatters(tx, [...keys.values()])
  const before = new Map(rows.map(({ tenantId, ticketId, open }) => [keyOf(tenantId, ticketId), open]))
  const now = new Map(before)
  const byEvent = new Map<DuelineEvent, Followed>()
  for (const event of concerned) {
    const key = keyOf(event.tenantid, ticketIdOf(event))
    const past = now.get(key) ?? nothingOpen
    const open = afterEvent(past, event)
    now.set(key, open)
    byEvent.set(event, { open, isOpenAgain: open.clocks.length > past.clocks.length })
  }
  const changed = [...keys].filter(([key]) => now.get(key) !== (before.get(key) ?? nothingOpen))
  await writeOpenMatters(tx, changed.map(([key, ticket]) => ({ ...ticket, open: now.get(key)! })))
  return byEvent
}

/** Everything that announcing these events asks for, read at once. */
async function readTellings (tx: Tx, events: readonly DuelineEvent[], open: OpenByEvent) {
  const breachMessages = await readBreachMessages(
    tx,
    events.filter(needsNotified).map((event) => ({
      tenantId: event.tenantid,
      ticketId: ticketIdOf(event)
    }))
  )
  const wanted = [
    ...events.flatMap((event) => concernedBy(event).map((id) => ({ tenantId: event.tenantid, id }))),
    ...breachMessages.map(({ tenantId, personId }) => ({ tenantId, id: personId }))
  ]
  // Once per batch and not per event: a busy batch holds hundreds of events of few tenants.
  const byTenant = new Map<string, Map<string, TenantPerson>>()
  const peopleOf = (tenantId: string): Map<string, TenantPerson> => {
    const people = byTenant.get(tenantId) ?? new Map<string, TenantPerson>()
    byTenant.set(tenantId, people)
    return people
  }
  for (const person of (await readPeople(tx, wanted)).values()) peopleOf(person.tenantId).set(person.id, person)
  const inCharge = await readInCharge(tx, events, peopleOf)
  const calendarIds = events.flatMap((event) => calendarsOf(event, open.get(event)?.open))
  const zones = await readCalendarZones(tx, [...byTenant.keys()], [...new Set(calendarIds)])

  return {
    reader: (event: DuelineEvent, { personId }: Listener): TenantPerson => peopleOf(event.tenantid).get(personId)!,
    known (event: DuelineEvent, written: readonly BreachMessage[]): Known {
      const { tenantid, data } = event
      const asked = 'clock' in data && needsNotified(event)
      const notified = asked ? notifiedOfBreach([...breachMessages, ...written], tenantid, data.clock.id) : []
      const followed = open.get(event)
      return {
        people: peopleOf(tenantid),
        inCharge: inCharge.get(event) ?? [],
        notifiedOfBreach: notified,
        isOpenAgain: followed?.isOpenAgain ?? false,
        hasOpenMatters: followed !== undefined && !isNothingOpen(followed.open)
      }
    },
    frame: (event: DuelineEvent, { language, timeZone }: TenantPerson): Frame => ({
      time: (at, calendarId) => readerTime(at, language, [timeZone, zones.get(calendarId ?? '')]),
      open: open.get(event)?.open ?? nothingOpen
    })
  }
}

/**
 * Who acts for the missing assignee of each event about a ticket that nobody works on. Those who may are added to the
 * people of their tenants.
 */
async function readInCharge (
  tx: Tx,
  events: readonly DuelineEvent[],
  peopleOf: (tenantId: string) => Map<string, TenantPerson>
): Promise<Map<DuelineEvent, readonly string[]>> {
  const queued = events.flatMap((event) => {
    const ticket = queuedIn(event, peopleOf(event.tenantid))
    return ticket === null ? [] : [{ event, tenantId: event.tenantid, ticket }]
  })
  const copies = await readInChargeCopies(tx, queued)
  const candidates = [...copies].flatMap(([tenantId, of]) => candidatesInCharge(of).map((id) => ({ tenantId, id })))
  const staff = [
    ...(await readPeople(tx, candidates)).values(),
    ...await readStaffInCharge(tx, [...new Set(queued.map(({ tenantId }) => tenantId))])
  ]
  for (const person of staff) peopleOf(person.tenantId).set(person.id, person)
  return new Map(queued.map(({ event, tenantId, ticket }) => {
    const facts = { ...copies.get(tenantId) ?? noInChargeCopies, people: peopleOf(tenantId) }
    return [event, inChargeOf(ticket, facts).personIds]
  }))
}

function calendarsOf (event: DuelineEvent, open: OpenMatters = nothingOpen): string[] {
  const ids = 'clock' in event.data ? [event.data.clock.calendarId] : []
  return [...ids, ...open.clocks.map(({ calendarId }) => calendarId)].filter((id) => id !== null)
}

/** One message per channel: the inbox always, email where there is an address. */
function messagesFor (
  event: NotifiableEvent,
  listener: Listener,
  reader: TenantPerson,
  frame: Frame,
  { clock, ids }: Pick<WriteToPeopleDeps, 'clock' | 'ids'>
): NewMessage[] {
  const now = clock.now()
  const draft = compose(event, listener, reader, frame)
  const both = {
    ...draft,
    traceparent: event.traceparent ?? null,
    tenantId: event.tenantid,
    eventId: event.id,
    eventType: event.type,
    createdAt: now
  }
  const inbox: NewMessage = { ...both, id: ids.next(), channel: 'inbox', recipient: null, state: 'sent', sentAt: now }
  if (reader.email === null) return [inbox]
  return [inbox, { ...both, id: ids.next(), channel: 'email', recipient: reader.email, state: 'pending', sentAt: null }]
}
