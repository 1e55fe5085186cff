import { nullable } from '@dueline/contracts'
import { write, type App, type Principal } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type } from 'typebox'
import type { CustomField } from '../domain/custom-fields.ts'
import { customFieldsOf } from '../store/custom-field-store.ts'
import { findItems } from '../store/catalogue-store.ts'
import type { FactBatch } from '../store/fact-store.ts'
import { findPeople } from '../store/person-store.ts'
import { lockTickets } from '../store/ticket-store.ts'
import { access, mayWriteField, sideOf } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { BatchFault, TicketSchema } from './schemas.ts'
import { itemsOf, namesItems, subjectIn } from './ticket-patch.ts'
import { refused, TicketUpdate, updateOf, type Known, type Outcome } from './update-tickets.ts'
import { ticketView } from './views.ts'

const Result = Type.Object({
  index: Type.Integer({ minimum: 0, description: 'Place in the request' }),
  status: Type.Integer({
    description:
      '200 changed, or as wanted already; 400 wrong in itself; 404 no such ticket; 409 its status does not allow the ' +
      'new one; 412 it has another version'
  }),
  ticket: nullable(TicketSchema),
  errors: Type.Array(BatchFault)
}, { title: 'TicketUpdateResult', description: 'What became of an item' })

/** POST /v1/ticket-updates */
export function postTicketUpdates (app: App, deps: RouteDeps): void {
  app.route({
    method: 'POST',
    url: '/v1/ticket-updates',
    config: {
      roles: access.updateTickets,
      problems: ['validation_failed'],
      answers: { 200: 'One result for each item, in the order of the items' }
    },
    schema: {
      operationId: 'updateTickets',
      summary: 'Change up to 100 tickets',
      description:
        'Each item says what is to change of one ticket: fields as `updateTicket` takes them, the assignment, the ' +
        'status. What an item wants is done as a whole or not at all; a refused item does not hinder the others, ' +
        'which are stored together. `tags` and `custom` are replaced as a whole. Without `version` an item is done ' +
        'to the ticket as it is. An item is refused that names the ticket of one before it. A body that does not ' +
        'match the schema is refused as a whole.',
      tags: ['tickets'],
      body: Type.Object({ items: Type.Array(TicketUpdate, { minItems: 1, maxItems: 100 }) }, {
        title: 'TicketUpdates',
        description: 'Tickets to be changed'
      }),
      response: { 200: Type.Object({ items: Type.Array(Result) }, { title: 'TicketUpdatesAnswer' }) }
    },
    handler: async (request, reply) => {
      const { principal, headers: { authorization }, body: { items } } = request
      // outside of the transaction: the owning service may have to be asked
      const asker = { tenantId: principal.tenantId, authorization }
      await deps.directory.renew(asker, assigneesIn(items))
      const subjects = items.filter(namesItems).map(subjectIn)
      if (subjects.length > 0) await deps.catalogue.find(asker, subjects)
      const teams = await deps.teams.find(
        asker,
        items.flatMap(({ teamId }) => typeof teamId === 'string' ? [teamId] : [])
      )
      return await write(request, reply, deps.database, async (tx) => {
        const outcomes = await outcomesOf(tx, items, { principal, teams }, deps)
        const batches = outcomes.flatMap((outcome) =>
          outcome.status === 200 && outcome.facts.length > 0 ? [outcome.facts as unknown as FactBatch] : []
        )
        await deps.facts.append(tx, tx.tenantId, batches)
        return { status: 200, body: { items: outcomes.map(resultOf) } }
      })
    }
  })
}

/** Whom items give tickets to. */
function assigneesIn (updates: readonly TicketUpdate[]): string[] {
  return [...new Set(updates.flatMap(({ assigneeId }) => typeof assigneeId === 'string' ? [assigneeId] : []))]
}

/** Every item beside what it names, all of which is read at once. */
async function outcomesOf (
  tx: TenantTx,
  updates: readonly TicketUpdate[],
  { principal, teams }: { principal: Principal, teams: Known['teams'] },
  { clock, directory, reopenWindowMicros }: RouteDeps
): Promise<Outcome[]> {
  const { tenantId } = tx
  const first = new Map<string, number>()
  for (const [i, { ticketId }] of updates.entries()) if (!first.has(ticketId)) first.set(ticketId, i)
  const tickets = await lockTickets(tx, tenantId, [...first.keys()])
  const named = updates.flatMap((update) => {
    const ticket = tickets.get(update.ticketId)
    return ticket === undefined ? [] : itemsOf(ticket, update)
  })
  // what has a field may lose it
  const customs = updates.flatMap(({ custom, ticketId }) =>
    custom === undefined ? [] : [custom, tickets.get(ticketId)?.custom]
  )
  const { personId } = principal
  const screenName = (await directory.lookup(tx, tenantId, [personId])).get(personId)?.screenName ?? null
  const known = {
    people: await findPeople(tx, tenantId, assigneesIn(updates)),
    teams,
    items: await findItems(tx, tenantId, [...new Set(named)]),
    fields: await customFieldsOf(tx, tenantId, customs),
    mayWrite: (field: CustomField) => mayWriteField(principal, field),
    now: clock.now(),
    reopenWindowMicros,
    actorFor: ({ customerId }: { customerId: string }) => ({
      kind: sideOf(principal, { customerId }),
      id: personId,
      screenName
    })
  }
  return updates.map((update, i) => {
    const before = first.get(update.ticketId)!
    if (before !== i) return refused(400, '/ticketId', `is that of item ${before}: name a ticket once`)
    const ticket = tickets.get(update.ticketId)
    return ticket === undefined ? refused(404, '/ticketId', 'no such ticket') : updateOf(ticket, update, known)
  })
}

function resultOf (outcome: Outcome, index: number) {
  const { status } = outcome
  return status === 200
    ? { index, status, ticket: ticketView(outcome.ticket), errors: [] }
    : { index, status, ticket: null, errors: outcome.faults }
}
