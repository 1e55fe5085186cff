import type { Micros } from '@dueline/business-time'
import { isCustomer, NamedText, stringEnum, Uuid, type Actor } from '@dueline/contracts'
import { baseErrors, problem, type Fault, type Principal } from '@dueline/http'
import type { Tx } from '@dueline/postgres'
import { Type, type Static } from 'typebox'
import { ExternalId } from '../domain/import-line.ts'
import { systemActor, type Message, type Ticket } from '../domain/ticket.ts'
import { readTimestamp, Timestamp } from '../domain/timestamps.ts'
import { findPerson } from '../store/person-store.ts'
import { authorize, onlyBrings, personOf, sideOf } from '../access.ts'
import { personFaults } from './open-tickets.ts'
import { actorOf, type RouteDeps } from './route-deps.ts'

const Author = Type.Union(
  [
    Type.Literal('customer'),
    Type.Object({ customerId: Uuid }, {
      additionalProperties: false,
      title: 'CustomerReference',
      description: 'A customer by id'
    })
  ],
  {
    title: 'MessageAuthor',
    description:
      'Who wrote it: the ticket’s own customer, or another one. Else the caller did, for an integrator the system'
  }
)

/** A message to be added. */
export const NewMessage = Type.Object({
  kind: stringEnum(['public', 'internal', 'automatic'], {
    default: 'public',
    description:
      '`automatic`: no human wrote it, such as a receipt that a gateway has sent; it answers nobody, changes no ' +
      'status, and the customer is not written to about it'
  }),
  body: NamedText(65_536, 'text of 1 to 65,536 characters that are not all blank'),
  author: Type.Optional(Author),
  at: Type.Optional(Timestamp),
  externalId: Type.Optional(ExternalId)
}, { title: 'NewMessage', description: 'A message to be added' })
export type NewMessage = Static<typeof NewMessage>

/** Whose a message is, and who counts as having acted. */
export type Authorship = Pick<Message, 'authorKind' | 'authorId' | 'postedBy'> & { actor: Actor }

/** Ends the request where the caller may not say what it says. @throws Problem 403, 400 with every fault */
export function checkMessage (
  { kind, author, at, externalId }: NewMessage,
  principal: Principal,
  ticket: Ticket,
  now: Micros
): { at: Micros | null } {
  if (kind !== 'public' && !authorize(principal, 'speakForOthers')) {
    problem(baseErrors.forbidden, { detail: 'customers write public messages only' })
  }
  const faults: Fault[] = []
  if (!authorize(principal, 'speakForOthers')) {
    for (const [field, value] of Object.entries({ author, at, externalId })) {
      if (value !== undefined) faults.push({ pointer: `/${field}`, message: 'is for staff and integrators' })
    }
  }
  if (kind === 'internal' && author !== undefined) {
    faults.push({ pointer: '/kind', message: 'what a customer wrote is public or automatic' })
  }
  if (at !== undefined && author === undefined && authorize(principal, 'workOnTickets')) {
    faults.push({ pointer: '/at', message: 'needs author: what staff writes itself counts from now' })
  }
  const read = at === undefined ? null : readTimestamp(at)
  if (read !== null && 'fault' in read) faults.push({ pointer: '/at', message: read.fault })
  else if (read !== null && read.at > now) faults.push({ pointer: '/at', message: 'lies in the future' })
  else if (read !== null && read.at < ticket.createdAt) {
    faults.push({ pointer: '/at', message: 'lies before the ticket was opened' })
  }
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  return { at: (read as { at: Micros } | null)?.at ?? null }
}

/** Who wrote the message. @throws Problem 400 for a customer who is none */
export async function authorshipOf (
  tx: Tx,
  { author }: NewMessage,
  principal: Principal,
  ticket: Ticket,
  { directory }: RouteDeps
): Promise<Authorship> {
  const { tenantId, personId } = principal
  if (author === undefined) {
    if (onlyBrings(principal)) {
      return { authorKind: 'system', authorId: null, postedBy: personId, actor: systemActor }
    }
    return {
      authorKind: sideOf(principal, ticket),
      authorId: personOf(principal),
      postedBy: null,
      actor: await actorOf(tx, principal, ticket.customerId, directory)
    }
  }
  const id = author === 'customer' ? ticket.customerId : author.customerId
  const person = await findPerson(tx, tenantId, id)
  if (author !== 'customer') {
    // the ticket's own customer may be anybody, also staff
    const wrong = ({ role }: { role: string }): string | null =>
      isCustomer(role) || id === ticket.customerId ? null : 'is not a customer'
    const faults = personFaults(person ?? undefined, '/author/customerId', wrong)
    if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
  }
  const actor: Actor = { kind: 'customer', id, screenName: person?.screenName ?? null }
  return { authorKind: 'customer', authorId: id, postedBy: id === personId ? null : personId, actor }
}
