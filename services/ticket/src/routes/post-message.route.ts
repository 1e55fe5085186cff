import type { Micros } from '@dueline/business-time'
import { baseErrors, etagOf, problem, write, type App, type Principal, type WriteResult } from '@dueline/http'
import type { Tx } from '@dueline/postgres'
import { factTime, messageAdded, moved } from '../domain/changes.ts'
import { effectOfMessage } from '../domain/message-rules.ts'
import { systemActor, type Message, type Ticket } from '../domain/ticket.ts'
import { errors } from '../errors.ts'
import type { FactBatch } from '../store/fact-store.ts'
import { findMessageByExternalId, type StoredMessage } from '../store/message-store.ts'
import { lockTicket } from '../store/ticket-store.ts'
import { lastStatusChange } from '../store/timeline-store.ts'
import { access, authorize, ownOnly } from '../access.ts'
import { authorshipOf, checkMessage, NewMessage } from './message-input.ts'
import type { RouteDeps } from './route-deps.ts'
import { TicketPath, WrittenMessageSchema } from './schemas.ts'
import { messageView, ticketViews } from './views.ts'

/** POST /v1/tickets/{ticketId}/messages */
export function postMessage (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/tickets/:ticketId/messages',
    config: {
      roles: access.createMessage,
      problems: ['ticket_cancelled', 'reopen_window_over', 'message_exists'],
      etag: true,
      answers: { 200: 'The message that was there already', 201: 'The new message' }
    },
    schema: {
      operationId: 'createMessage',
      summary: 'Write a message',
      description:
        'Customers write public messages only. A customer’s message ends `waiting_on_customer`, and it reopens a ' +
        'finished ticket within the reopen window. An agent’s public message opens a new ticket. Staff and ' +
        'integrators may bring what a customer wrote elsewhere: `author` says who wrote it, `at` says when (not ' +
        'in the future and not before the ticket was opened), and `externalId` makes sure that it is stored once: ' +
        'the same message again gets 200. Clocks count a message from its `at`. If the ticket got its present ' +
        'status after that, the status changes only now. The `ETag` is that of the ticket after all changes.',
      tags: ['tickets'],
      params: TicketPath,
      body: NewMessage,
      response: { 200: WrittenMessageSchema, 201: WrittenMessageSchema }
    },
    handler: async (request, reply) => {
      const { principal, params, headers: { authorization }, body } = request
      const { author } = body
      if (typeof author === 'object' && authorize(principal, 'speakForOthers')) {
        // outside of the transaction: the owning service may have to be asked
        await deps.directory.fetch({ tenantId: principal.tenantId, authorization }, [author.customerId])
      }
      return await write(request, reply, deps.database, async (tx) => {
        const ticket = await lockTicket(tx, tx.tenantId, params.ticketId, ownOnly(principal)) ??
          problem(baseErrors.not_found)
        return await addMessage(tx, ticket, body, { principal, deps })
      })
    }
  })
}

interface Bringer {
  principal: Principal
  deps: RouteDeps
}

async function addMessage (
  tx: Tx,
  ticket: Ticket,
  body: NewMessage,
  { principal, deps }: Bringer
): Promise<WriteResult> {
  const now = deps.clock.now()
  const { at } = checkMessage(body, principal, ticket, now)
  const { actor, ...author } = await authorshipOf(tx, body, principal, ticket, deps)
  const message: Message = {
    id: deps.ids.next(),
    kind: body.kind,
    body: body.body,
    externalId: body.externalId ?? null,
    ...author
  }
  const before = message.externalId === null
    ? null
    : await findMessageByExternalId(tx, principal.tenantId, ticket.id, message.externalId)
  if (before !== null) return await answer(200, tx, sameMessage(before, message), ticket, { principal, deps })
  const receivedAt = factTime(ticket, now)
  const first = messageAdded(ticket, message, at ?? receivedAt, actor, receivedAt)
  // what was written before the ticket came to its status was not known to whoever brought it there
  const isLate = at !== null && at < ((await lastStatusChange(tx, principal.tenantId, ticket.id)) ?? ticket.createdAt)
  const batch = withEffect(
    first,
    ticket,
    message,
    at === null || isLate ? { receivedAt: now, at: receivedAt + 1 } : { receivedAt: at, at: at + 1 },
    deps
  )
  await deps.facts.append(tx, principal.tenantId, [batch])
  const stored = {
    ...message,
    ticketId: ticket.id,
    version: first.ticket.version,
    at: first.at,
    screenName: actor.screenName
  }
  return await answer(201, tx, stored, batch.at(-1)!.ticket, { principal, deps })
}

/** The message that came under the same external id before. @throws Problem 409 when it says something else */
function sameMessage (before: StoredMessage, message: Message): StoredMessage {
  const fields = ['kind', 'body', 'authorKind', 'authorId'] as const
  if (fields.some((field) => before[field] !== message[field])) {
    problem(errors.message_exists, { extra: { messageId: before.id } })
  }
  return before
}

async function answer (
  status: number,
  tx: Tx,
  message: StoredMessage,
  ticket: Ticket,
  { principal, deps }: Bringer
): Promise<WriteResult> {
  const [view] = await ticketViews(tx, [ticket], principal, deps.directory)
  const body = { ...messageView(message, principal), ticket: view }
  return { status, body, headers: { etag: etagOf(ticket.version) } }
}

/** The message and the status change that follows from it, which is a fact of its own. @throws Problem 409 */
function withEffect (
  first: FactBatch[0],
  ticket: Ticket,
  message: Message,
  { receivedAt, at }: { receivedAt: Micros, at: Micros },
  { reopenWindowMicros }: RouteDeps
): FactBatch {
  const effect = effectOfMessage(ticket, message, receivedAt, reopenWindowMicros)
  if ('refused' in effect) {
    return problem(effect.refused === 'cancelled' ? errors.ticket_cancelled : errors.reopen_window_over)
  }
  if (effect.moveTo === null) return [first]
  return [first, moved(first.ticket, effect.moveTo, effect.reason, at, systemActor)]
}
