import type { Mail, TenantRecord } from '../tenant-record.ts'
import { groupedBy, name, repeated } from './record.ts'

export function messageFaults ({ messages, events }: TenantRecord, mails: Mail[]): string[] {
  const eventIds = new Set(events.map(({ id }) => id))
  const sentIds = events.flatMap((event) => event.type === 'dueline.message.sent.v1' ? [event.data.message.id] : [])
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
export function audienceFaults ({ events, messages }: TenantRecord): string[] {
  const notified = new Set(messages.map(({ eventId, personId }) => `${eventId} ${personId}`))
  return events.flatMap((event) => {
    const people = event.type === 'dueline.ticket.created.v1'
      ? [event.data.ticket.customerId]
      : event.type === 'dueline.clock.breached.v1'
      ? [event.data.ticket.assigneeId].filter((id) => id !== null)
      : event.type === 'dueline.escalation.level-reached.v1'
      ? event.data.actions.flatMap((action) => action.kind === 'notify' ? action.personIds : [])
      : []
    return people.filter((id) => !notified.has(`${event.id} ${id}`)).map((id) =>
      `${name(event)}: person ${id} was not notified`
    )
  })
}
