import { parseDuration, parseInstant } from '@dueline/business-time'
import {
  isOfType,
  type ClockChanged,
  type ClockMarkReached,
  type DuelineEvent,
  type Reminder
} from '@dueline/contracts'
import type { Client } from '@dueline/client'
import { readTenant, type Clock, type Escalation, type Mail, type TenantRecord, type Ticket } from './tenant-record.ts'

export interface CheckOptions {
  api: Client
  /** The mails that were caught; those to addresses that end in `mailDomain` belong to the tenant. */
  mails: () => Promise<Mail[]>
  mailDomain: string
}

/** What falls due may take this long to be seen, in microseconds. */
const graceMicros = 2_000_000
const deadlineMetrics = ['first_response', 'resolution']

/**
 * Everything about a tenant that must not be: what was lost, what happened twice, what is out of order. Meant for a
 * tenant at rest whose history began with the stack (no imports): sendings that are not done yet count as lost.
 * @returns one line per violation; empty when all is well
 */
export async function violationsOf ({ api, mails, mailDomain }: CheckOptions): Promise<string[]> {
  const record = await readTenant(api)
  return violationsIn(record, (await mails()).filter(({ to }) => to.some((address) => address.endsWith(mailDomain))))
}

/** The same of what was read already. */
export function violationsIn (tenant: TenantRecord, mails: Mail[]): string[] {
  const record = { ...tenant, ...lookUpsIn(tenant) }
  return [
    ...feedFaults(record),
    ...record.tickets.flatMap((ticket) => ticketFaults(ticket, record)),
    ...record.clocks.flatMap((clock) => clockFaults(clock, record)),
    ...record.clocks.flatMap((clock) => markFaults(clock, record)),
    ...record.clocks.flatMap((clock) => ledgerFaults(clock, record)),
    ...escalationFaults(record),
    ...messageFaults(record, mails),
    ...audienceFaults(record),
    ...deliveryFaults(record)
  ]
}

/** A record with what is looked up in it for every item: a drill reads tens of thousands of each. */
type Looked = TenantRecord & ReturnType<typeof lookUpsIn>

function lookUpsIn ({ events, clocks, escalations }: TenantRecord) {
  const dataOf = ({ data }: DuelineEvent) =>
    data as { clock?: { id: string }, escalation?: { id: string }, agreement?: { id: string } }
  return {
    eventsOfSubject: groupedBy(events, ({ subject }) => subject),
    eventsOfClock: groupedBy(events.filter(isClockEvent), ({ data }) => data.clock.id),
    eventsOfEscalation: groupedBy(events, (event) => dataOf(event).escalation?.id),
    eventsOfAgreement: groupedBy(events, (event) => dataOf(event).agreement?.id),
    ticketsWithClock: new Set(clocks.map(({ ticketId }) => ticketId)),
    escalated: new Set(escalations.map(({ clockId, cycle }) => `${clockId} ${cycle}`))
  }
}

function feedFaults ({ events, tickets, clocks }: TenantRecord): string[] {
  const known = new Set(tickets.map(({ id }) => `ticket/${id}`))
  const clockIds = new Set(clocks.map(({ id }) => id))
  return [
    ...repeated(events, ({ id }) => id).map((id) => `event ${id} stands twice in the feed`),
    ...events.filter(({ type, subject }) => type.startsWith('dueline.ticket.') && !known.has(subject)).map((event) =>
      `${name(event)} tells of a ticket that does not exist`
    ),
    ...events.filter((event) => isClockEvent(event) && !clockIds.has(event.data.clock.id)).map((event) =>
      `${name(event)} tells of a clock that does not exist`
    )
  ]
}

/** Every version of a ticket is told once and in order; what must follow from it is there. */
function ticketFaults (ticket: Ticket, { eventsOfSubject, ticketsWithClock }: Looked): string[] {
  const own = eventsOfSubject.get(`ticket/${ticket.id}`) ?? []
  const facts = own.filter(({ type }) => type.startsWith('dueline.ticket.'))
  const faults = denseFaults(`ticket ${ticket.number}`, facts, ticket.version)
  if (facts[0]?.type !== 'dueline.ticket.created.v1') {
    faults.push(`ticket ${ticket.number}: the feed does not begin with its creation`)
  }
  if (ticket.type === 'appreciation') return faults
  const agreements = own.filter(({ type }) => type.startsWith('dueline.agreement.'))
  if (agreements.filter(({ type }) => type === 'dueline.agreement.made.v1').length !== 1) {
    faults.push(`ticket ${ticket.number}: ${agreements.length} agreements, not one`)
  }
  faults.push(...increasingFaults(`agreements of ticket ${ticket.number}`, agreements))
  if (!ticketsWithClock.has(ticket.id)) faults.push(`ticket ${ticket.number}: no clock`)
  return faults
}

function clockFaults (clock: Clock, { eventsOfClock, escalated }: Looked): string[] {
  const what = nameOf(clock)
  const own = eventsOfClock.get(clock.id) ?? []
  const faults = denseFaults(what, own, clock.sequence)
  if (own[0]?.type !== 'dueline.clock.started.v1') faults.push(`${what}: its first event is not its start`)
  const breaches = own.flatMap((event) =>
    isOfType(event, 'dueline.clock.breached.v1') && event.data.clock.cycle === clock.cycle
      ? [event]
      : []
  )
  const overdue = clock.state === 'running' && clock.dueAt !== null &&
    parseInstant(clock.dueAt) + graceMicros < parseInstant(clock.serverTime)
  if (overdue && clock.breachedAt === null) {
    faults.push(`${what}: due at ${clock.dueAt} and not breached at ${clock.serverTime}`)
  }
  if ((clock.breachedAt === null) === (breaches.length > 0)) {
    faults.push(`${what}: breached at ${clock.breachedAt}, ${breaches.length} breach events`)
  }
  const escalates = deadlineMetrics.includes(clock.metric) &&
    breaches.some(({ data }) => data.mark.recordedOnly !== 'over')
  if (clock.breachedAt !== null && escalates && !escalated.has(`${clock.id} ${clock.cycle}`)) {
    faults.push(`${what}: breached and not escalated`)
  }
  return faults
}

/** Each mark is said once per cycle, not before its time, and none that was reached is missing. */
function markFaults (clock: Clock, { eventsOfClock, eventsOfAgreement }: Looked): string[] {
  const what = nameOf(clock)
  const own: readonly DuelineEvent[] = eventsOfClock.get(clock.id) ?? []
  const withdrawn = own.filter(({ type }) => type === 'dueline.clock.breach-withdrawn.v1').length
  const marks = own.filter((event): event is DuelineEvent<ClockMarkReached> => 'mark' in (event.data as object))
  const faults = withdrawn > 0
    ? []
    : repeated(marks, ({ data }) => `${data.mark.key} of cycle ${data.clock.cycle}`).map((key) =>
      `${what}: ${key} was said twice`
    )
  for (const { data } of marks) {
    if (parseInstant(data.firedAt) < parseInstant(data.mark.dueAt)) {
      faults.push(`${what}: ${data.mark.key} was said at ${data.firedAt}, before it was due at ${data.mark.dueAt}`)
    }
  }
  const agreement = eventsOfAgreement.get(clock.agreementId)?.[0]
  if (agreement === undefined) faults.push(`${what}: no event tells of its agreement ${clock.agreementId}`)
  const { reminders = [] } = (agreement?.data as { agreement?: { reminders: Reminder[] } } | undefined)?.agreement ?? {}
  const consumed = parseDuration(clock.consumed)
  for (const { key, threshold } of reminders.map((reminder) => markOf(reminder, parseDuration(clock.target)))) {
    const reached = threshold > 0 && consumed >= threshold + graceMicros
    if (reached && !marks.some(({ data }) => data.mark.key === key && data.clock.cycle === clock.cycle)) {
      faults.push(`${what}: ${key} was reached and never said`)
    }
  }
  return faults
}

function markOf (reminder: Reminder, target: number): { key: string, threshold: number } {
  if ('percent' in reminder) return { key: `percent:${reminder.percent}`, threshold: target * reminder.percent / 100 }
  if ('before' in reminder) {
    return { key: `before:${reminder.before}`, threshold: target - parseDuration(reminder.before) }
  }
  return { key: `after:${reminder.after}`, threshold: target + parseDuration(reminder.after) }
}

/** Spans meet end to end from the clock's start on, and what they counted is what the clock says. */
function ledgerFaults (clock: Clock, { ledgers }: TenantRecord): string[] {
  const what = `ledger of ${nameOf(clock)}`
  const ledger = ledgers.get(clock.id) ?? []
  const faults = ledger.flatMap((entry, index) =>
    index > 0 && ledger[index - 1]?.to !== entry.from ? [`${what}: a gap or overlap at ${entry.from}`] : []
  )
  if (ledger[0]?.from !== clock.startedAt && clock.cycle === 1) {
    faults.push(`${what}: begins at ${ledger[0]?.from}, not at ${clock.startedAt}`)
  }
  const counted = ledger.reduce((sum, { consumed }) => sum + parseDuration(consumed), 0)
  if (clock.state !== 'running' && clock.cycle === 1 && counted !== parseDuration(clock.consumed)) {
    faults.push(`${what}: ${counted} µs, not ${clock.consumed}`)
  }
  return faults
}

function escalationFaults ({ escalations, eventsOfEscalation, clocks }: Looked): string[] {
  const now = clocks.reduce(
    (latest, { serverTime }) => serverTime > latest ? serverTime : latest,
    '1970-01-01T00:00:00.000000Z'
  )
  const isOpen = ({ state }: Escalation): boolean => state === 'open' || state === 'acknowledged'
  return [
    ...repeated(escalations.filter(isOpen), ({ clockId, cycle }) => `clock ${clockId}, cycle ${cycle}`).map((key) =>
      `two escalations of ${key}`
    ),
    ...escalations.flatMap((escalation) => {
      const what = `escalation ${escalation.id}`
      const own = eventsOfEscalation.get(escalation.id) ?? []
      const said = own.flatMap((event) =>
        isOfType(event, 'dueline.escalation.level-reached.v1') ? [event.data.level.number] : []
      )
      const climbed = escalation.history.flatMap(({ level }) => level === null ? [] : [level.number])
      const faults = [
        ...repeated(said, String).map((level) => `${what}: level ${level} was reached twice`),
        ...increasingFaults(what, own)
      ]
      if (String([...climbed].sort()) !== String([...said].sort())) {
        faults.push(`${what}: levels ${climbed.join()} in its history, ${said.join()} in the feed`)
      }
      if (own.length !== escalation.history.length) {
        faults.push(`${what}: ${escalation.history.length} entries in its history, ${own.length} events`)
      }
      if (
        escalation.state === 'open' && escalation.nextLevelAt !== null &&
        parseInstant(escalation.nextLevelAt) + graceMicros < parseInstant(now)
      ) faults.push(`${what}: its next level was due at ${escalation.nextLevelAt}`)
      return faults
    })
  ]
}

function messageFaults ({ messages, events }: TenantRecord, mails: Mail[]): string[] {
  const eventIds = new Set(events.map(({ id }) => id))
  const sentIds = events.flatMap((event) => isOfType(event, 'dueline.message.sent.v1') ? [event.data.message.id] : [])
  const sent = new Set(sentIds)
  const emails = messages.filter(({ channel }) => channel === 'email')
  const emailIds = new Set(emails.map(({ id }) => id))
  const mailsOfMessage = groupedBy(mails, messageIdIn)
  const mailOf = (id: string): Mail[] => mailsOfMessage.get(id) ?? []
  return [
    ...repeated(messages, ({ eventId, personId, channel }) => `event ${eventId}, person ${personId}, ${channel}`)
      .map((key) => `two messages for ${key}`),
    ...repeated(sentIds, String).map((id) => `message ${id} was said to be sent twice`),
    ...repeated(mails, ({ messageId }) => messageId).map((id) => `mail ${id} was caught twice`),
    ...messages.filter(({ state }) => state !== 'sent').map(({ id, channel, state, lastError }) =>
      `message ${id} (${channel}) is ${state}: ${lastError}`
    ),
    ...messages.filter(({ eventId }) => !eventIds.has(eventId)).map(({ id, eventId }) =>
      `message ${id} is about event ${eventId}, which is not in the feed`
    ),
    ...emails.filter(({ id, state }) => state === 'sent' && mailOf(id).length !== 1).map(({ id }) =>
      `message ${id} is sent, ${mailOf(id).length} mails arrived`
    ),
    ...emails.filter(({ id, state }) => state === 'sent' && !sent.has(id)).map(({ id }) =>
      `message ${id} is sent, and no event says so`
    ),
    ...mails.filter((mail) => !emailIds.has(messageIdIn(mail))).map(({ messageId }) =>
      `mail ${messageId} belongs to no message`
    )
  ]
}

/** The id of the message that a mail carries: the first part of its Message-ID. */
function messageIdIn ({ messageId }: Mail): string {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(messageId)?.[0] ?? ''
}

/**
 * Who must be notified of the demonstration's events, was: the customer of a creation, the assignee of a breach, the
 * targets of a level.
 */
function audienceFaults ({ events, messages }: TenantRecord): string[] {
  const notified = new Set(messages.map(({ eventId, personId }) => `${eventId} ${personId}`))
  return events.flatMap((event) => {
    const people = isOfType(event, 'dueline.ticket.created.v1')
      ? [event.data.ticket.customerId]
      : isOfType(event, 'dueline.clock.breached.v1')
      ? [event.data.ticket.assigneeId].filter((id) => id !== null)
      : isOfType(event, 'dueline.escalation.level-reached.v1')
      ? event.data.actions.flatMap((action) => action.kind === 'notify' ? action.personIds : [])
      : []
    return people.filter((id) => !notified.has(`${event.id} ${id}`)).map((id) =>
      `${name(event)}: person ${id} was not told`
    )
  })
}

/** Every endpoint gets every event it asked for once; events from before it was made are none of its business. */
function deliveryFaults ({ deliveries, endpoints, events, tickets }: TenantRecord): string[] {
  const createdAt = new Map(tickets.map((ticket) => [`ticket/${ticket.id}`, ticket.createdAt]))
  const delivered = new Set(deliveries.map(({ endpointId, eventId }) => `${endpointId} ${eventId}`))
  return [
    ...repeated(deliveries, ({ endpointId, eventId }) => `event ${eventId}, endpoint ${endpointId}`).map((key) =>
      `two webhook deliveries of ${key}`
    ),
    ...deliveries.filter(({ state }) => state !== 'delivered').map(({ eventId, eventType, state, lastError }) =>
      `the webhook of ${eventType} ${eventId} is ${state}: ${lastError}`
    ),
    ...endpoints.filter(({ state, types }) => state === 'enabled' && types.length === 0).flatMap((endpoint) =>
      events
        .filter(({ id, subject }) =>
          (createdAt.get(subject) ?? '') > endpoint.createdAt && !delivered.has(`${endpoint.id} ${id}`)
        )
        .map((event) => `${name(event)} has no webhook delivery`)
    )
  ]
}

function isClockEvent (event: DuelineEvent): event is DuelineEvent<ClockChanged> {
  return event.type.startsWith('dueline.clock.')
}

/** Sequences 1, 2, … `last`, each once and in this order. */
function denseFaults (what: string, events: readonly DuelineEvent[], last: number): string[] {
  const sequences = new Set(events.map(({ sequence }) => sequence))
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter((sequence) => !sequences.has(sequence))
  return [
    ...missing.map((sequence) => `${what}: no event of version ${sequence} of ${last}`),
    ...increasingFaults(what, events)
  ]
}

function increasingFaults (what: string, events: readonly DuelineEvent[]): string[] {
  return events.flatMap((event, index) =>
    index > 0 && event.sequence <= (events[index - 1]?.sequence ?? 0)
      ? [`${what}: ${name(event)} with sequence ${event.sequence} comes after ${events[index - 1]?.sequence}`]
      : []
  )
}

function groupedBy<T, K> (items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

function repeated<T> (items: readonly T[], keyOf: (item: T) => string): string[] {
  const seen = new Set<string>()
  return items.map(keyOf).filter((key) => seen.size === seen.add(key).size)
}

function name ({ type, id }: DuelineEvent): string {
  return `${type} ${id}`
}

function nameOf ({ metric, id }: Clock): string {
  return `clock ${metric} ${id}`
}
