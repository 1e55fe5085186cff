import { nullable, PrioritySchema, SeveritySchema, TicketTypeSchema, Uuid } from '@dueline/contracts'
import { baseErrors, problem, requireIfMatch, write, type App } from '@dueline/http'
import type { Tx } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { checkSubject, type Fault, type TicketSubject } from '../domain/catalogue.ts'
import { factTime, updated, type TicketPatch } from '../domain/changes.ts'
import { JsonObject, jsonFault } from '../domain/texts.ts'
import type { Ticket } from '../domain/ticket.ts'
import { findItems } from '../store/catalogue-store.ts'
import { lockTicket } from '../store/ticket-store.ts'
import { access } from '../access.ts'
import { actorOf, type RouteDeps } from './route-deps.ts'
import { Description, Subject, Tags, TicketSchema, TicketPath } from './schemas.ts'
import { ticketAnswer } from './views.ts'

const Patch = Type.Partial(
  Type.Object({
    subject: Subject,
    description: Description,
    type: TicketTypeSchema,
    priority: PrioritySchema,
    severity: SeveritySchema,
    productId: nullable(Uuid),
    moduleId: nullable(Uuid),
    questionId: nullable(Uuid),
    tags: Tags,
    custom: JsonObject
  }),
  { title: 'TicketPatch', description: 'What is to change of a ticket', minProperties: 1 }
)
type Patch = Static<typeof Patch>
const subjectFields = ['productId', 'moduleId', 'questionId'] as const

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
      description: '`tags` and `custom` are replaced as a whole. A request that changes nothing makes no new version.',
      tags: ['tickets'],
      params: TicketPath,
      body: Patch,
      response: { 200: TicketSchema }
    },
    handler: async (request, reply) => {
      const { principal, params, body } = request
      // outside of the transaction: the owning service may have to be asked
      if (subjectFields.some((field) => body[field] !== undefined && body[field] !== null)) {
        const { principal: { tenantId }, headers: { authorization } } = request
        await deps.catalogue.find({ tenantId, authorization }, [subjectIn(body)])
      }
      return await write(request, reply, deps.database, async (tx) => {
        const ticket = await lockTicket(tx, tx.tenantId, params.ticketId, null) ?? problem(baseErrors.not_found)
        requireIfMatch(request, ticket.version)
        const patch = await checkedPatch(tx, tx.tenantId, ticket, body)
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

function subjectIn ({ productId = null, moduleId = null, questionId = null }: Patch): TicketSubject {
  return { productId, moduleId, questionId }
}

/** The patch with what follows from it. @throws Problem 400 naming every fault */
async function checkedPatch (tx: Tx, tenantId: string, ticket: Ticket, body: Patch): Promise<TicketPatch> {
  const faults: Fault[] = []
  const jsonProblem = body.custom === undefined ? null : jsonFault(body.custom, '/custom')
  if (jsonProblem !== null) faults.push(jsonProblem)
  let patch: TicketPatch = body as TicketPatch
  if (subjectFields.some((field) => body[field] !== undefined)) {
    const { productId, moduleId, questionId } = { ...ticket, ...body }
    const ids = [productId, moduleId, questionId].filter((id) => id !== null)
    const checked = checkSubject(
      { productId, moduleId, questionId },
      await findItems(tx, tenantId, ids),
      new Set(Object.keys(body))
    )
    faults.push(...checked.faults)
    patch = { ...patch, ...checked.subject }
  }
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  return patch
}
