import type { Micros } from '@dueline/business-time'
import type { NewEvent } from '@dueline/contracts'
import type { MessageRow } from '../store/tables.ts'

/** The event of how a message ended; `reason`: why it failed, null when it was sent. */
export function messageEvent (
  { message, id, now, reason }: { message: MessageRow, id: string, now: Micros, reason: string | null }
): NewEvent<'dueline.message.sent.v1' | 'dueline.message.failed.v1'> {
  const { ticketId, personId, channel, eventId, eventType, subject, attempts } = message
  const envelope = {
    id,
    subject: ticketId === null ? `person/${personId}` : `ticket/${ticketId}`,
    time: now,
    tenantId: message.tenantId,
    partitionKey: ticketId ?? personId,
    sequence: attempts,
    historical: false,
    ...(message.traceparent === null ? {} : { traceparent: message.traceparent })
  }
  const data = { message: { id: message.id, channel, personId, eventId, eventType, ticketId, subject } }
  if (reason === null) return { ...envelope, type: 'dueline.message.sent.v1', data }
  return { ...envelope, type: 'dueline.message.failed.v1', data: { ...data, reason: reason.slice(0, 1_000), attempts } }
}
