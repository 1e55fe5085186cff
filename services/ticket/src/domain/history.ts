import type { Micros } from '@dueline/business-time'
import { ticketDefaults, type Actor } from '@dueline/contracts'
import type { Fault } from './catalogue.ts'
import { assigned, created, messageAdded, moved, updated } from './changes.ts'
import type { ImportedFact, ImportLine, PersonRef } from './import-line.ts'
import { systemActor, type TicketFact, type Ticket } from './ticket.ts'
import { readTimestamp } from './timestamps.ts'

/** What a history needs from outside: ids for messages, and people by external id. */
export interface HistoryFrame {
  messageId(): string
  person(externalId: string): { id: string, screenName: string }
}

/** A fact of a line, with its instant and what it is recognised by. */
export interface DatedFact {
  readonly fact: ImportedFact
  readonly position: number
  readonly at: Micros
  readonly key: string
}

/** What imports have brought of a ticket so far. */
export interface KnownHistory {
  /** What its facts are recognised by, as often as each came; null when nobody wrote that down. */
  readonly keys: readonly string[] | null
  /** The last instant of which anything is known. */
  readonly lastAt: Micros
}

/** A mention of somebody in a line: as whom, and whether by name. */
export type PersonMention = PersonRef & { role: 'customer' | 'agent' }

/** Everybody an imported line names, with the role that their place asks for. */
export function peopleOf (line: ImportLine): PersonMention[] {
  return [
    { ...line.customer, role: 'customer' },
    ...line.facts.flatMap((fact) =>
      fact.kind === 'assigned' && fact.assignee ? [{ ...fact.assignee, role: 'agent' as const }] : []
    )
  ]
}

/**
 * The facts of a valid line in the order in which they happened: by time, and by place in the line where times are
 * equal.
 */
export function inOrder ({ facts }: ImportLine, keyOf: (fact: ImportedFact, at: Micros) => string): DatedFact[] {
  const dated = facts.map((fact, position) => {
    const at = instantOf(fact.at)
    return { fact, position, at, key: keyOf(fact, at) }
  })
  return dated.sort((a, b) => a.at - b.at || a.position - b.position)
}

/**
 * What facts add to what is known: those that are known are recognised, each as often as it is known. Nothing can be
 * put before what is known already, whose events have gone out: such a fact is a fault.
 */
export function newAmong (
  facts: readonly DatedFact[],
  known: KnownHistory
): { added: DatedFact[], known: KnownHistory, faults: Fault[] } {
  const times = new Map<string, number>()
  for (const key of known.keys ?? []) times.set(key, (times.get(key) ?? 0) + 1)
  const isKnown = ({ key, at }: DatedFact): boolean => {
    if (known.keys === null) return at <= known.lastAt
    const left = times.get(key) ?? 0
    times.set(key, left - 1)
    return left > 0
  }
  const added = facts.filter((fact) => !isKnown(fact))
  const faults = added
    .filter(({ at }) => at < known.lastAt)
    .map(({ position }) => ({
      pointer: `/facts/${position}/at`,
      message: 'lies before what is known of the ticket already, and is not among it'
    }))
  const noted = known.keys === null ? facts : added
  const keys = [...(known.keys ?? []), ...noted.map(({ key }) => key)]
  return { added, faults, known: { keys, lastAt: Math.max(known.lastAt, ...added.slice(-1).map(({ at }) => at)) } }
}

/** The first fact of an imported ticket. */
export function opening (
  line: ImportLine,
  { ticketId, number, person }: { ticketId: string, number: string } & Pick<HistoryFrame, 'person'>
): TicketFact {
  const customer = person(line.customer.externalId)
  return created(
    {
      id: ticketId,
      number,
      subject: line.subject,
      description: line.description ?? '',
      type: line.type ?? ticketDefaults.type,
      priority: line.priority,
      severity: line.severity ?? ticketDefaults.severity,
      productId: null,
      moduleId: null,
      questionId: null,
      customerId: customer.id,
      assigneeId: null,
      teamId: null,
      answers: null,
      templateVersionId: null,
      tags: [],
      custom: customOf(line),
      customerFields: [],
      channel: 'import',
      externalId: line.externalId
    },
    instantOf(line.createdAt),
    { kind: 'customer', ...customer }
  )
}

/**
 * The facts that follow in a ticket. The past is as it was: every status change is taken. What changes nothing is no
 * fact.
 */
export function factsAfter (ticket: Ticket, facts: readonly DatedFact[], frame: HistoryFrame): TicketFact[] {
  const made: TicketFact[] = []
  for (const { fact, at } of facts) {
    const next = factOf(made.at(-1)?.ticket ?? ticket, fact, at, frame)
    if (next !== null) made.push(next)
  }
  return made
}

function instantOf (text: string): Micros {
  const read = readTimestamp(text)
  if ('fault' in read) throw new RangeError(`${text}: ${read.fault}`)
  return read.at
}

function customOf ({ custom = {}, product, module }: ImportLine): Record<string, unknown> {
  return { ...custom, ...(product === undefined ? {} : { product }), ...(module === undefined ? {} : { module }) }
}

function factOf (ticket: Ticket, fact: ImportedFact, at: Micros, frame: HistoryFrame): TicketFact | null {
  switch (fact.kind) {
    case 'status_changed':
      return fact.to === ticket.status ? null : moved(ticket, fact.to, fact.reason ?? null, at, systemActor)
    case 'priority_changed':
      return updated(ticket, { priority: fact.to }, at, systemActor)
    case 'severity_changed':
      return updated(ticket, { severity: fact.to }, at, systemActor)
    case 'assigned':
      return assigned(
        ticket,
        {
          assigneeId: fact.assignee ? frame.person(fact.assignee.externalId).id : null,
          teamId: fact.team ?? null
        },
        fact.reason ?? null,
        at,
        systemActor
      )
    case 'message': {
      // the log says only which side wrote: an agent's message is the holder's of that moment
      const authorId = fact.by === 'customer' ? ticket.customerId : ticket.assigneeId
      const actor: Actor = { kind: fact.by, id: authorId, screenName: null }
      const { messageKind: kind, by: authorKind, body = '', externalId = null } = fact
      return messageAdded(
        ticket,
        { id: frame.messageId(), kind, authorKind, authorId, body, externalId, postedBy: null },
        at,
        actor
      )
    }
  }
}
