import { parseInstant } from '@dueline/business-time'
import type { Actor } from '@dueline/contracts'
import { assigned, created, messageAdded, moved, updated } from './changes.ts'
import type { ImportedFact, ImportLine, PersonRef } from './import-line.ts'
import { systemActor, type Fact, type Ticket } from './ticket.ts'

/** What the surroundings give to a history: the ticket's id and number, ids for messages, and people by external id. */
export interface HistoryFrame {
  ticketId: string
  number: string
  messageId (): string
  person (externalId: string): { id: string, screenName: string }
}

/** Everybody an imported line names, with the role their place gives them. */
export function peopleOf (line: ImportLine): Array<PersonRef & { role: 'customer' | 'agent' }> {
  return [
    { ...line.customer, role: 'customer' },
    ...line.facts.flatMap((fact) => fact.kind === 'assigned' && fact.assignee ? [{ ...fact.assignee, role: 'agent' as const }] : [])
  ]
}

/**
 * The facts of an imported ticket, in the order in which they happened: by time, and by place in the line where times are
 * equal. The past is as it was: every status change is taken. What changes nothing is no fact.
 */
export function factsOfHistory (line: ImportLine, frame: HistoryFrame): Fact[] {
  const customer = frame.person(line.customer.externalId)
  const first = created({
    id: frame.ticketId,
    number: frame.number,
    subject: line.subject,
    description: line.description ?? '',
    type: line.type ?? 'request',
    priority: line.priority,
    severity: line.severity ?? 'medium',
    productId: null,
    moduleId: null,
    questionId: null,
    customerId: customer.id,
    assigneeId: null,
    teamId: null,
    answers: null,
    tags: [],
    custom: customOf(line),
    channel: 'import',
    externalId: line.externalId
  }, parseInstant(line.createdAt), { kind: 'customer', ...customer })
  const facts = [first]
  const dated = line.facts.map((fact, position) => ({ fact, position, at: parseInstant(fact.at) }))
  dated.sort((a, b) => a.at - b.at || a.position - b.position)
  for (const { fact, at } of dated) {
    const next = factOf(facts.at(-1)!.ticket, fact, at, frame)
    if (next !== null) facts.push(next)
  }
  return facts
}

function customOf ({ custom = {}, product, module }: ImportLine): Record<string, unknown> {
  return { ...custom, ...(product === undefined ? {} : { product }), ...(module === undefined ? {} : { module }) }
}

function factOf (ticket: Ticket, fact: ImportedFact, at: number, frame: HistoryFrame): Fact | null {
  switch (fact.kind) {
    case 'status_changed': return fact.to === ticket.status ? null : moved(ticket, fact.to, fact.reason ?? null, at, systemActor)
    case 'priority_changed': return updated(ticket, { priority: fact.to }, at, systemActor)
    case 'severity_changed': return updated(ticket, { severity: fact.to }, at, systemActor)
    case 'assigned': return assigned(ticket, {
      assigneeId: fact.assignee ? frame.person(fact.assignee.externalId).id : null,
      teamId: fact.team ?? null
    }, fact.reason ?? null, at, systemActor)
    case 'message': {
      // the log says only which side wrote: an agent's message is the holder's of that moment
      const authorId = fact.by === 'customer' ? ticket.customerId : ticket.assigneeId
      const actor: Actor = { kind: fact.by, id: authorId, screenName: null }
      return messageAdded(ticket, { id: frame.messageId(), kind: fact.messageKind, authorKind: fact.by, authorId, body: fact.body ?? '' }, at, actor)
    }
  }
}
