import { baseErrors, pathId, problem, write, type App } from '@dueline/http'
import { access } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { errors } from '../errors.ts'
import { readMessage, requeue } from '../store/message-store.ts'
import { Message, toMessage } from './shapes.ts'

export function postMessageResend (app: App, { database, clock, timers }: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/messages/:messageId/resend',
    config: {
      roles: access.resendMessage,
      problems: ['message_not_parked'],
      answers: { 202: 'The message, waiting to be sent' }
    },
    schema: {
      operationId: 'resendMessage',
      summary: 'Send a failed message again',
      description: 'Only a mail that has failed for good can be sent again. It goes out in the background.',
      tags: ['messages'],
      params: pathId('messageId'),
      response: { 202: Message }
    },
    handler: async (request, reply) =>
      await write(request, reply, database, async (tx) => {
        const { messageId: id } = request.params
        const row = await requeue(tx, id)
        if (row === undefined) {
          if (await readMessage(tx, tx.tenantId, id) === undefined) problem(baseErrors.not_found)
          problem(errors.message_not_parked)
        }
        await timers.set(tx, [{ kind: 'mail', tenantId: tx.tenantId, ownerId: id, dueAt: clock.now() }])
        return { status: 202, body: toMessage(row) }
      })
  })
}
