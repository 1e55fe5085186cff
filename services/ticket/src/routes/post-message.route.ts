import { NamedText, stringEnum } from '@dueline/contracts'
import { baseErrors, etagOf, problem, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { factTime, messageAdded, moved } from '../domain/changes.ts'
import { effectOfMessage } from '../domain/message-rules.ts'
import { systemActor, type Message, type Ticket } from '../domain/ticket.ts'
import { errors } from '../errors.ts'
import type { Story } from '../store/fact-store.ts'
import { lockTicket } from '../store/ticket-store.ts'
import { found, isStaff, ownOnly, personOf, sideOf, staffRoles } from './access.ts'
import { actorOf, type Parts } from './parts.ts'
import { MessageSchema, TicketParams } from './schemas.ts'
import { messageView } from './views.ts'

/** POST /v1/tickets/{ticketId}/messages */
export function postMessage (app: App, parts: Parts): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets/:ticketId/messages',
    config: { roles: ['customer', ...staffRoles], problems: ['ticket_cancelled', 'reopen_window_over'] },
    schema: {
      operationId: 'addMessage',
      summary: 'Write to a ticket, or about it',
      description: 'Customers write public messages only. A customer’s answer ends waiting for the customer and reopens a finished ticket within the reopen window; an agent’s public reply opens a new ticket. The `ETag` is the ticket’s, after all that followed.',
      tags: ['tickets'],
      params: TicketParams,
      body: Type.Object({ kind: stringEnum(['public', 'internal'], { default: 'public' }), body: NamedText(65_536, 'text of 1 to 65,536 characters that are not all blank') }),
      response: { 201: MessageSchema }
    },
    handler: async (request, reply) => {
      const { principal, params, body } = request
      return await write(request, reply, parts.database, async (tx) => {
        const ticket = found(await lockTicket(tx, tx.tenantId, params.ticketId, ownOnly(principal)))
        if (body.kind === 'internal' && !isStaff(principal)) problem(baseErrors.forbidden, { detail: 'customers write public messages only' })
        const actor = await actorOf(tx, principal, ticket.customerId, parts.directory)
        const message: Message = { id: parts.ids.next(), kind: body.kind, authorKind: sideOf(principal, ticket.customerId), authorId: personOf(principal), body: body.body }
        const now = parts.clock.now()
        const first = messageAdded(ticket, message, factTime(ticket, now), actor)
        const story = withEffect(first, ticket, message, now, parts.reopenWindowMicros)
        await parts.facts.append(tx, tx.tenantId, [story], request.traceparent)
        return {
          status: 201,
          body: messageView({ ...message, ticketId: ticket.id, version: first.ticket.version, at: first.at, screenName: actor.screenName }),
          headers: { etag: etagOf(story.at(-1)!.ticket.version) }
        }
      })
    }
  })
}

/** The message and the status change that follows from it, which is a fact of its own. @throws Problem 409 */
function withEffect (first: Story[0], ticket: Ticket, message: Message, now: number, reopenWindowMicros: number): Story {
  const effect = effectOfMessage(ticket, message, now, reopenWindowMicros)
  if ('refused' in effect) return problem(effect.refused === 'cancelled' ? errors.ticket_cancelled : errors.reopen_window_over)
  if (effect.moveTo === null) return [first]
  return [first, moved(first.ticket, effect.moveTo, effect.reason, factTime(first.ticket, now), systemActor)]
}
