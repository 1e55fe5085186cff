import { nullable, TicketStatusSchema, Uuid } from '@dueline/contracts'
import { defineErrors } from '@dueline/http'
import { Type } from 'typebox'

/** The problems that only this service answers. */
export const errors = defineErrors({
  ticket_transition_refused: {
    status: 409,
    title: 'The ticket cannot be moved to this status',
    description: '`allowed` lists the statuses it can be moved to now.',
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
    title: 'There is a ticket with this external id already',
    description: '`ticketId` names it. A gateway that is told of the same thing twice goes on with that ticket.',
    members: { ticketId: nullable(Uuid) }
  },
  message_exists: {
    status: 409,
    title: 'The ticket has another message with this external id',
    description: 'One that says the same is answered with 200 instead.',
    members: { messageId: Uuid }
  },
  person_exists: { status: 409, title: 'There is a person with this id or external id already' }
})
