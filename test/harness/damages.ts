import { violationsIn } from './checker.ts'
import type { Mail, TenantRecord } from './tenant-record.ts'

/**
 * Every single loss and repetition that the checks are for, each done to a record that is in order: damage → what the
 * checks say.
 */
export function damages (record: TenantRecord, mails: Mail[]): Record<string, string[]> {
  const without = <T>(items: readonly T[], index: number): T[] => items.filter((_, at) => at !== index)
  const twice = <T>(items: readonly T[], index: number): T[] => [...items, items[index] as T]
  const own = record.events.filter(({ subject }) => subject === `ticket/${record.tickets[0]?.id}`)
  const found: Record<string, string[]> = {}
  for (const event of own) {
    const index = record.events.indexOf(event)
    found[`lost ${event.type} ${event.sequence}`] = violationsIn(
      { ...record, events: without(record.events, index) },
      mails
    )
    found[`twice ${event.type} ${event.sequence}`] = violationsIn(
      { ...record, events: twice(record.events, index) },
      mails
    )
    found[`twice with another id: ${event.type} ${event.sequence}`] = violationsIn({
      ...record,
      events: [...record.events, { ...event, id: '0' }]
    }, mails)
  }
  const lists = ['tickets', 'clocks', 'escalations', 'messages', 'deliveries'] as const
  for (const list of lists.filter((each) => record[each].length > 0)) {
    found[`lost: one of ${list}`] = violationsIn({ ...record, [list]: without<unknown>(record[list], 0) }, mails)
  }
  for (const list of (['messages', 'deliveries'] as const).filter((each) => record[each].length > 0)) {
    found[`twice: one of ${list}`] = violationsIn({ ...record, [list]: twice<unknown>(record[list], 0) }, mails)
  }
  found['lost mail'] = violationsIn(record, without(mails, 0))
  found['twice the same mail'] = violationsIn(record, twice(mails, 0))
  found['a mail of no message'] = violationsIn(record, [...mails, {
    messageId: '<other@example>',
    to: [],
    subject: ''
  }])
  found['out of order'] = violationsIn({ ...record, events: [...record.events].reverse() }, mails)
  return found
}

/** The part of a record that is about its first ticket: damages to it are as visible, and found sooner. */
export function firstTicketOf (record: TenantRecord, mails: Mail[]): { record: TenantRecord, mails: Mail[] } {
  const tickets = record.tickets.slice(0, 1)
  const id = tickets[0]?.id ?? ''
  const clocks = record.clocks.filter(({ ticketId }) => ticketId === id)
  const events = record.events.filter(({ subject }) => subject === `ticket/${id}`)
  const eventIds = new Set(events.map((event) => event.id))
  const messages = record.messages.filter(({ eventId }) => eventIds.has(eventId))
  return {
    record: {
      ...record,
      tickets,
      clocks,
      events,
      messages,
      escalations: record.escalations.filter(({ clockId }) => clocks.some((clock) => clock.id === clockId)),
      deliveries: record.deliveries.filter(({ eventId }) => eventIds.has(eventId))
    },
    mails: mails.filter(({ messageId }) => messages.some((message) => messageId.includes(message.id)))
  }
}
