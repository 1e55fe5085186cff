import type { Fault, Principal } from '@dueline/http'
import { checkSubject, type CatalogueItem, type TicketSubject } from '../domain/catalogue.ts'
import { created } from '../domain/changes.ts'
import { jsonFault } from '../domain/texts.ts'
import type { Fact } from '../domain/ticket.ts'
import type { Person } from '../store/person-store.ts'
import { isStaff, sideOf } from './access.ts'
import type { Parts } from './parts.ts'
import type { NewTicket } from './schemas.ts'

/** A ticket ready to be stored, or what is wrong with it. */
export type Opened = { fact: Fact, faults: [] } | { fact: null, faults: Fault[] }

interface Known { people: ReadonlyMap<string, Person>, items: ReadonlyMap<string, CatalogueItem> }

/**
 * Checks new tickets against people and catalogue and gives them ids and numbers, outside of any transaction: two reads
 * at most, none when everybody was seen within the last seconds. Faults have pointers into each body.
 */
export async function openTickets (bodies: readonly NewTicket[], principal: Principal, authorization: string | undefined, parts: Parts): Promise<Opened[]> {
  const { database, directory, catalogue, numbers, ids, clock } = parts
  const { tenantId, personId } = principal
  const people = await directory.lookup(database.read, tenantId, [personId, ...bodies.flatMap(({ customerId, assigneeId }) => [customerId, assigneeId ?? undefined]).filter((id) => id !== undefined)])
  const subjects = bodies.map(subjectOf)
  const items = subjects.some(isAboutSomething) ? await catalogue.find(tenantId, subjects, authorization) : new Map<string, CatalogueItem>()
  const checked = bodies.map((body) => check(body, principal, { people, items }))
  const given = await numbers.take(tenantId, checked.filter(({ faults }) => faults.length === 0).length)
  const screenName = people.get(personId)?.screenName ?? null
  return checked.map(({ body, customerId, subject, faults }): Opened => {
    if (faults.length > 0) return { fact: null, faults }
    const fact = created({
      id: ids.next(),
      number: given.shift()!,
      subject: body.subject,
      description: body.description ?? '',
      type: body.type ?? 'request',
      priority: body.priority ?? 'P2',
      severity: body.severity ?? 'medium',
      ...subject,
      customerId,
      assigneeId: body.assigneeId ?? null,
      teamId: body.teamId ?? null,
      answers: body.answers ?? null,
      tags: body.tags ?? [],
      custom: body.custom ?? {},
      channel: body.channel ?? 'api',
      externalId: null
    }, clock.now(), { kind: sideOf(principal, customerId), id: personId, screenName })
    return { fact, faults: [] }
  })
}

function subjectOf ({ productId = null, moduleId = null, questionId = null }: NewTicket): TicketSubject {
  return { productId, moduleId, questionId }
}

function isAboutSomething ({ productId, moduleId, questionId }: TicketSubject): boolean {
  return productId !== null || moduleId !== null || questionId !== null
}

function check (body: NewTicket, principal: Principal, { people, items }: Known) {
  const faults: Fault[] = []
  const staff = isStaff(principal)
  const customerId = body.customerId ?? principal.personId
  if (staff && body.customerId === undefined && !principal.roles.includes('customer')) faults.push({ pointer: '/customerId', message: 'is required: for whom is the ticket?' })
  else if (!staff && customerId !== principal.personId) faults.push({ pointer: '/customerId', message: 'a customer opens tickets for nobody else' })
  else faults.push(...personFaults(people.get(customerId), '/customerId', (person) => person.role === 'customer' ? null : 'is not a customer'))
  if (!staff) {
    for (const field of ['assigneeId', 'teamId'] as const) {
      if (body[field] !== undefined && body[field] !== null) faults.push({ pointer: `/${field}`, message: 'only staff may say who works on it' })
    }
  } else if (body.assigneeId !== undefined && body.assigneeId !== null) {
    faults.push(...personFaults(people.get(body.assigneeId), '/assigneeId', assignableFault))
  }
  const { subject, faults: subjectFaults } = checkSubject(subjectOf(body), items, new Set(Object.keys(body)))
  faults.push(...subjectFaults)
  for (const field of ['custom', 'answers'] as const) {
    const value = body[field]
    const fault = value === undefined || value === null ? null : jsonFault(value, `/${field}`)
    if (fault !== null) faults.push(fault)
  }
  return { body, customerId, subject, faults }
}

/** Why this person cannot be given tickets, or null. */
export function assignableFault (person: Person): string | null {
  return person.role === 'customer' ? 'is a customer' : null
}

/** Faults of a reference to a person: unknown, not active, or what `wrong` says. */
export function personFaults (person: Person | undefined, pointer: string, wrong: (person: Person) => string | null): Fault[] {
  const message = person === undefined ? 'no such person' : !person.active ? 'is not active' : wrong(person)
  return message === null ? [] : [{ pointer, message }]
}
