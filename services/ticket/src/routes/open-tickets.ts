import type { Micros } from '@dueline/business-time'
import { isCustomer, ticketDefaults, type Actor } from '@dueline/contracts'
import { refuseUnlinked, type Asker, type Fault, type Principal } from '@dueline/http'
import type { AnswerTemplate } from '@dueline/service'
import { checkSubject, type CatalogueItem, type TicketSubject } from '../domain/catalogue.ts'
import { created } from '../domain/changes.ts'
import { customFaults, type CustomField } from '../domain/custom-fields.ts'
import { jsonFault } from '../domain/texts.ts'
import { teamFaults } from '../domain/team-and-unit-faults.ts'
import type { TicketFact } from '../domain/ticket.ts'
import { readTimestamp } from '../domain/timestamps.ts'
import { customFieldsOf } from '../store/custom-field-store.ts'
import type { Person } from '../store/person-store.ts'
import type { Team } from '../store/team-store.ts'
import { authorize, mayWriteField, onlyBrings, sideOf } from '../access.ts'
import type { RouteDeps } from './route-deps.ts'
import { tagsMax, type NewTicket } from './schemas.ts'

/** A ticket ready to be stored, or what is wrong with it. */
export type Opened = { fact: TicketFact, faults: [] } | { fact: null, faults: Fault[] }

interface Known {
  people: ReadonlyMap<string, Person>
  teams: ReadonlyMap<string, Team>
  items: ReadonlyMap<string, CatalogueItem>
  fields: ReadonlyMap<string, CustomField>
  /** By question. */
  templates: ReadonlyMap<string, AnswerTemplate>
}

/**
 * Checks new tickets against people and catalogue and gives them ids and numbers, outside of any transaction: two reads
 * at most, none when everybody was seen within the last seconds. Faults have pointers into each body.
 */
export async function openTickets (
  bodies: readonly NewTicket[],
  principal: Principal,
  authorization: string | undefined,
  deps: RouteDeps
): Promise<Opened[]> {
  const { database, directory, catalogue, teams, numbers, ids, clock } = deps
  const { tenantId, personId } = principal
  const asker = { tenantId, authorization }
  const mentioned = bodies
    .flatMap(({ customerId, assigneeId }) => [customerId, assigneeId])
    .filter((id) => typeof id === 'string')
  // customers name nobody else, and are shown less of others than copies hold
  if (authorize(principal, 'speakForOthers')) {
    await directory.renew(asker, bodies.flatMap(({ assigneeId }) => assigneeId ?? []))
    await directory.fetch(asker, mentioned)
  }
  const { read } = database.forTenant(tenantId)
  const people = await directory.lookup(read, tenantId, [personId, ...mentioned])
  if (!people.has(personId) && bodies.some((body) => isForItself(body, principal))) {
    throw refuseUnlinked(tenantId, null)
  }
  const subjects = bodies.map(subjectOf)
  const items = subjects.some(isAboutSomething) ? await catalogue.find(asker, subjects) : new Map<string, never>()
  const teamIds = bodies.flatMap(({ teamId }) => typeof teamId === 'string' ? [teamId] : [])
  const named = await teams.find(asker, authorize(principal, 'speakForOthers') ? teamIds : [])
  const fields = await customFieldsOf(read, tenantId, bodies.map(({ custom }) => custom))
  const known = { people, teams: named, items, fields, templates: await templatesOf(bodies, principal, asker, deps) }
  const now = clock.now()
  const checked = bodies.map((body) => check(body, principal, known, now))
  const given = await numbers.allocate(tenantId, checked.filter(({ faults }) => faults.length === 0).length)
  return checked.map(({ body, customerId, createdAt, subject, faults, ofTemplate }): Opened => {
    if (faults.length > 0) return { fact: null, faults }
    const { answers = body.answers ?? null, effect, templateVersionId = null } = ofTemplate ?? {}
    const fact = created(
      {
        id: ids.next(),
        number: given.shift()!,
        subject: body.subject,
        description: body.description ?? '',
        type: body.type ?? ticketDefaults.type,
        priority: effect?.priority ?? body.priority ?? ticketDefaults.priority,
        severity: effect?.severity ?? body.severity ?? ticketDefaults.severity,
        ...subject,
        customerId,
        assigneeId: body.assigneeId ?? null,
        teamId: body.teamId ?? null,
        answers,
        templateVersionId,
        // what rules add of tags yields to what was sent: nobody who answers could mend it
        tags: [...new Set([...body.tags ?? [], ...effect?.tags ?? []])].slice(0, tagsMax),
        custom: body.custom ?? {},
        customerFields: authorize(principal, 'speakForOthers') ? [] : Object.keys(body.custom ?? {}),
        channel: body.channel ?? ticketDefaults.channel,
        externalId: body.externalId ?? null
      },
      createdAt,
      openerOf(principal, customerId, people)
    )
    return { fact, faults: [] }
  })
}

/** Customers who send no answers give none: what is required cannot be left out. Others may open without any. */
function givenAnswers ({ answers }: NewTicket, principal: Principal): Record<string, unknown> | null {
  return answers ?? (authorize(principal, 'speakForOthers') ? null : {})
}

/** The templates of the questions about which there are answers. */
async function templatesOf (
  bodies: readonly NewTicket[],
  principal: Principal,
  asker: Asker,
  { answerTemplates }: RouteDeps
): Promise<Map<string, AnswerTemplate>> {
  const asked = bodies.flatMap((body) => givenAnswers(body, principal) === null ? [] : body.questionId ?? [])
  const found = new Map<string, AnswerTemplate>()
  for (const questionId of new Set(asked)) {
    const template = await answerTemplates.find(asker, questionId)
    if (template !== undefined) found.set(questionId, template)
  }
  return found
}

/** What the answers are worth by the template of their question, in the caller's language; undefined without one. */
function answersOf (
  body: NewTicket,
  principal: Principal,
  { people, templates }: Known,
  now: Micros
) {
  const answers = givenAnswers(body, principal)
  const template = templates.get(body.questionId ?? '')
  if (answers === null || template === undefined) return undefined
  const checked = template.check(answers, people.get(principal.personId)?.language ?? 'en', now)
  const { templateVersionId } = template
  const faults = checked.faults.map(({ pointer, message }): Fault => ({ pointer: `/answers${pointer}`, message }))
  return { ...checked, faults, templateVersionId }
}

function isForItself ({ customerId }: NewTicket, principal: Principal): boolean {
  return customerId === undefined && (authorize(principal, 'beOwnCustomer') || !authorize(principal, 'speakForOthers'))
}

function subjectOf ({ productId = null, moduleId = null, questionId = null }: NewTicket): TicketSubject {
  return { productId, moduleId, questionId }
}

function isAboutSomething ({ productId, moduleId, questionId }: TicketSubject): boolean {
  return productId !== null || moduleId !== null || questionId !== null
}

/** Who opened the ticket: the caller, or the customer for whom an integrator brings it. */
function openerOf (principal: Principal, customerId: string, people: Known['people']): Actor {
  const isBrought = onlyBrings(principal)
  const id = isBrought ? customerId : principal.personId
  return {
    kind: isBrought ? 'customer' : sideOf(principal, { customerId }),
    id,
    screenName: people.get(id)?.screenName ?? null
  }
}

function check (body: NewTicket, principal: Principal, known: Known, now: Micros) {
  const { people, items, fields } = known
  const faults: Fault[] = []
  const customerId = body.customerId ?? principal.personId
  if (authorize(principal, 'speakForOthers')) faults.push(...faultsOfOthersTicket(body, principal, known))
  else faults.push(...faultsOfOwnTicket(body, principal))
  faults.push(
    ...personFaults(people.get(customerId), '/customerId', () => null).filter(() =>
      faults.every(({ pointer }) => pointer !== '/customerId')
    )
  )
  const { subject, faults: subjectFaults } = checkSubject(subjectOf(body), items, new Set(Object.keys(body)))
  faults.push(...subjectFaults)
  for (const field of ['custom', 'answers'] as const) {
    const value = body[field]
    const fault = value === undefined || value === null ? null : jsonFault(value, `/${field}`)
    if (fault !== null) faults.push(fault)
  }
  faults.push(...customFaults({}, body.custom ?? {}, fields, (field) => mayWriteField(principal, field)))
  const created = body.createdAt === undefined ? { at: now } : readTimestamp(body.createdAt)
  if ('fault' in created) faults.push({ pointer: '/createdAt', message: created.fault })
  else if (created.at > now) faults.push({ pointer: '/createdAt', message: 'lies in the future' })
  const ofTemplate = faults.length > 0 ? undefined : answersOf(body, principal, known, now)
  faults.push(...ofTemplate?.faults ?? [])
  return { body, customerId, createdAt: 'at' in created ? created.at : now, subject, faults, ofTemplate }
}

function faultsOfOthersTicket (
  { customerId, assigneeId, teamId }: NewTicket,
  principal: Principal,
  { people, teams }: Known
): Fault[] {
  const faults: Fault[] = []
  if (customerId === undefined && !authorize(principal, 'beOwnCustomer')) {
    faults.push({ pointer: '/customerId', message: 'is required: for whom is the ticket?' })
  }
  if (typeof assigneeId === 'string') {
    faults.push(...personFaults(people.get(assigneeId), '/assigneeId', assignableFault))
  }
  faults.push(...teamFaults(teamId, teams))
  return faults
}

function faultsOfOwnTicket (body: NewTicket, { personId }: Principal): Fault[] {
  const faults: Fault[] = []
  if ((body.customerId ?? personId) !== personId) {
    faults.push({ pointer: '/customerId', message: 'a customer can open tickets only for themselves' })
  }
  for (const field of ['assigneeId', 'teamId', 'externalId', 'createdAt'] as const) {
    if (body[field] !== undefined && body[field] !== null) {
      faults.push({ pointer: `/${field}`, message: 'is for staff and integrators' })
    }
  }
  return faults
}

/** Why this person cannot be given tickets, or null. */
export function assignableFault (person: Person): string | null {
  return isCustomer(person.role) ? 'is a customer' : null
}

/** Faults of a reference to a person: unknown, not active, or what `wrong` says. */
export function personFaults (
  person: Person | undefined,
  pointer: string,
  wrong: (person: Person) => string | null
): Fault[] {
  const message = person === undefined ? 'no such person' : !person.active ? 'is not active' : wrong(person)
  return message === null ? [] : [{ pointer, message }]
}
