import { nullable, TicketStatusSchema, Uuid } from '@dueline/contracts'
import { defineErrors } from '@dueline/http'
import { Type } from 'typebox'

/** The problems that only this service answers. */
export const errors = defineErrors({
  ticket_transition_refused: {
    status: 409,
    title: 'The ticket cannot change to this status',
    description: '`allowed` lists the statuses to which it can change now.',
    members: { from: TicketStatusSchema, allowed: Type.Array(TicketStatusSchema) }
  },
  ticket_cancelled: {
    status: 409,
    title: 'The ticket was cancelled',
    description: 'A customer cannot write to a cancelled ticket. Open a new one.'
  },
  reopen_window_over: {
    status: 409,
    title: 'The ticket was finished too long ago to be reopened',
    description: 'Open a new one. How long a ticket can be reopened is a setting (REOPEN_WINDOW_DAYS).'
  },
  ticket_exists: {
    status: 409,
    title: 'A ticket with this external id exists already',
    description: '`ticketId` names it. A gateway that gets the same request twice continues with that ticket.',
    members: { ticketId: nullable(Uuid) }
  },
  custom_field_exists: {
    status: 409,
    title: 'A custom field of this name is described already',
    description: 'Change that one: the list of custom fields names it.'
  },
  message_exists: {
    status: 409,
    title: 'The ticket has another message with this external id',
    description: 'The same message again gets 200.',
    members: { messageId: Uuid }
  }
})
