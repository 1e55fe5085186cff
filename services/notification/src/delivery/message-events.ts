import type { Micros } from '@dueline/business-time'
import type { MessageFailed, MessageSent, NewEvent } from '@dueline/contracts'
import type { MessageRow } from '../store/tables.ts'

/** The event that tells how a message ended. */
export function messageEvent (
  type: 'dueline.message.sent.v1' | 'dueline.message.failed.v1',
  { message, id, now, reason }: { message: MessageRow, id: string, now: Micros, reason?: string }
): NewEvent<MessageSent | MessageFailed> {
  const { ticketId, personId, channel, eventId, eventType, subject } = message
  return {
    id,
    type,
    subject: ticketId === null ? `person/${personId}` : `ticket/${ticketId}`,
    time: now,
    tenantId: message.tenantId,
    partitionKey: ticketId ?? personId,
    sequence: message.attempts,
    historical: false,
    data: {
      message: { id: message.id, channel, personId, eventId, eventType, ticketId, subject },
      ...(reason === undefined ? {} : { reason: reason.slice(0, 1_000), attempts: message.attempts })
    }
  }
}
