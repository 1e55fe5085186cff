import { baseErrors, patchOf, problem, requireIfMatch, write, type App } from '@dueline/http'
import { Type } from 'typebox'
import { factTime, updated } from '../domain/changes.ts'
import type { CustomField } from '../domain/custom-fields.ts'
import { customFieldsOf } from '../store/custom-field-store.ts'
import { findItems } from '../store/catalogue-store.ts'
import { lockTicket } from '../store/ticket-store.ts'
import { access, mayWriteField } from '../access.ts'
import { actorOf, type RouteDeps } from './route-deps.ts'
import { TicketSchema, TicketPath } from './schemas.ts'
import { checkedPatch, itemsOf, namesItems, PatchFields, subjectIn } from './ticket-patch.ts'
import { ticketAnswer } from './views.ts'

const Patch = Type.Object(PatchFields.properties, {
  title: 'TicketPatch',
  description: 'What is to change of a ticket',
  minProperties: 1
})

/** PATCH /v1/tickets/{ticketId} */
export function patchTicket (app: App, deps: RouteDeps): void {
  app.route({
    method: 'PATCH',
    url: '/v1/tickets/:ticketId',
    config: {
      roles: access.updateTicket,
      problems: ['validation_failed', 'precondition_required', 'precondition_failed']
    },
    schema: {
      operationId: 'updateTicket',
      summary: 'Change a ticket',
      description:
        '`tags` and `custom` are replaced as a whole; as a merge patch (`application/merge-patch+json`), fields of ' +
        '`custom` are changed one by one and null removes one. A request that changes nothing makes no new version.',
      tags: ['tickets'],
      params: TicketPath,
      body: Patch,
      response: { 200: TicketSchema }
    },
    handler: async (request, reply) => {
      const { principal, params, body } = request
      // outside of the transaction: the owning service may have to be asked
      if (namesItems(body)) {
        const { principal: { tenantId }, headers: { authorization } } = request
        await deps.catalogue.find({ tenantId, authorization }, [subjectIn(body)])
      }
      return await write(request, reply, deps.database, async (tx) => {
        const ticket = await lockTicket(tx, tx.tenantId, params.ticketId, null) ?? problem(baseErrors.not_found)
        requireIfMatch(request, ticket.version)
        const items = await findItems(tx, tx.tenantId, itemsOf(ticket, body))
        const sent = patchOf(request, ticket)
        // what has a field may lose it
        const customs = sent.custom === undefined ? [] : [sent.custom, ticket.custom]
        const fields = await customFieldsOf(tx, tx.tenantId, customs)
        const mayWrite = (field: CustomField): boolean => mayWriteField(principal, field)
        const { patch, faults } = checkedPatch(ticket, sent, { items, fields, mayWrite })
        if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
        const fact = updated(
          ticket,
          patch,
          factTime(ticket, deps.clock.now()),
          await actorOf(tx, principal, ticket.customerId, deps.directory)
        )
        if (fact !== null) await deps.facts.append(tx, tx.tenantId, [[fact]])
        return ticketAnswer(200, fact?.ticket ?? ticket)
      })
    }
  })
}
