import type { Tx } from '@dueline/postgres'
import type { Fault } from '../domain/catalogue.ts'
import {
  factsAfter,
  inOrder,
  newAmong,
  opening,
  type DatedFact,
  type HistoryFrame,
  type KnownHistory
} from '../domain/history.ts'
import type { ImportLine } from '../domain/import-line.ts'
import type { TicketFact, Ticket } from '../domain/ticket.ts'
import { readTimestamp } from '../domain/timestamps.ts'
import type { FactBatch } from '../store/fact-store.ts'
import { importedHistories, messageExternalIds, saveHistories, type ImportedHistory } from '../store/history-store.ts'
import type { LineResult, PendingLine } from '../store/import-store.ts'
import { lockTicketsByExternalId } from '../store/ticket-store.ts'
import { externalKey, factKey } from './fact-key.ts'
import type { ImportLoopDeps } from './import-loop.ts'
import { idOfPerson, knownPeople, provideForPeople, roleFaults, type KnownPeople } from './imported-people.ts'

/** A ticket while lines are taken into it. */
interface Growing {
  ticket: Ticket | null
  customerId: string
  known: KnownHistory
  facts: TicketFact[]
}

/** A line that can be taken in, with what it adds. */
interface Accepted {
  line: number
  content: ImportLine
  growing: Growing
  added: DatedFact[]
}

/**
 * Takes lines in, in their order: the first line of a ticket makes it, later ones continue it, in the same import or in
 * another. A line that cannot be taken is refused as a whole. Answers how each line ended; one whose ticket was made by
 * somebody else just now has none, and is to be tried again.
 */
export async function importLines (
  tx: Tx,
  tenantId: string,
  lines: readonly PendingLine[],
  deps: ImportLoopDeps
): Promise<LineResult[]> {
  const people = await knownPeople(
    tx,
    tenantId,
    lines.map(({ content }) => content)
  )
  const growing = await knownTickets(
    tx,
    tenantId,
    lines.map(({ content }) => content)
  )
  const before = new Map([...growing].map(([externalId, { known }]) => [externalId, known]))
  const accepted: Accepted[] = []
  const results: LineResult[] = []
  for (const { line, content } of lines) {
    const { faults, ...one } = look(tenantId, content, growing.get(content.externalId), people)
    if (faults.length > 0) {
      results.push({ line, state: 'rejected', faults })
      continue
    }
    growing.set(content.externalId, one.growing)
    accepted.push({ line, content, ...one })
  }
  results.push(...(await grow(tx, tenantId, accepted, deps)))
  const grown = [...growing]
    .filter(([externalId, { known }]) => before.get(externalId) !== known)
    .map(([, each]) => each)
  const lost = await write(tx, tenantId, grown, deps)
  return results.filter((result) => result.state === 'rejected' || !lost.has(result.ticketId))
}

/** Those tickets of the lines that there are already, locked, with what is known of them. */
async function knownTickets (tx: Tx, tenantId: string, lines: readonly ImportLine[]): Promise<Map<string, Growing>> {
  const tickets = await lockTicketsByExternalId(tx, tenantId, [...new Set(lines.map(({ externalId }) => externalId))])
  const ids = [...tickets.values()].map(({ id }) => id)
  const histories = await importedHistories(tx, tenantId, ids)
  const named = lines
    .filter(({ externalId }) => tickets.has(externalId))
    .flatMap(({ facts }) => facts.map((fact) => fact.externalId).filter((id) => id !== undefined))
  const messages = await messageExternalIds(tx, tenantId, ids, [...new Set(named)])
  return new Map(
    [...tickets].map(([externalId, ticket]) => [
      externalId,
      {
        ticket,
        customerId: ticket.customerId,
        known: knownOf(ticket, histories.get(ticket.id), messages.get(ticket.id) ?? []),
        facts: []
      }
    ])
  )
}

/** What is known of a ticket; messages that were posted with an external id are recognised too. */
function knownOf (ticket: Ticket, history: ImportedHistory | undefined, messageIds: readonly string[]): KnownHistory {
  // imported before it was written down what
  if (history === undefined && ticket.channel === 'import') return { keys: null, lastAt: ticket.updatedAt }
  const keys = new Set(history?.keys)
  const posted = messageIds.map(externalKey).filter((key) => !keys.has(key))
  return { keys: [...(history?.keys ?? []), ...posted], lastAt: Math.max(ticket.updatedAt, history?.lastAt ?? 0) }
}

/** What a line adds, or why it is refused. */
function look (
  tenantId: string,
  content: ImportLine,
  before: Growing | undefined,
  people: KnownPeople
): Pick<Accepted, 'growing' | 'added'> & { faults: Fault[] } {
  const customerId = idOfPerson(tenantId, content.customer.externalId, people)
  const growing = before ?? {
    ticket: null,
    customerId,
    known: { keys: [], lastAt: (readTimestamp(content.createdAt) as { at: number }).at },
    facts: []
  }
  const faults = roleFaults(content, people)
  if (growing.customerId !== customerId) {
    faults.unshift({ pointer: '/customer/externalId', message: 'the ticket is known as that of somebody else' })
  }
  const { added, known, faults: late } = newAmong(inOrder(content, factKey), growing.known)
  faults.push(...late)
  if (faults.length === 0 && (added.length > 0 || before === undefined)) growing.known = known
  return { growing, added, faults }
}

/** Turns what the lines add into facts of their tickets, in the order of the lines. */
async function grow (
  tx: Tx,
  tenantId: string,
  accepted: readonly Accepted[],
  { numbers, outbox, ids, clock }: ImportLoopDeps
): Promise<LineResult[]> {
  const people = await provideForPeople(
    tx,
    tenantId,
    accepted.map(({ content }) => content),
    { outbox, ids, now: clock.now() }
  )
  const fresh = new Set(accepted.filter(({ growing }) => growing.ticket === null).map(({ growing }) => growing))
  const given = await numbers.allocate(tenantId, fresh.size)
  const frame: HistoryFrame = { messageId: () => ids.next(), person: (externalId) => people.get(externalId)! }
  return accepted.map(({ line, content, growing, added }): LineResult => {
    const isFirst = growing.ticket === null
    if (isFirst) growing.facts.push(opening(content, { ticketId: ids.next(), number: given.shift()!, ...frame }))
    const start = growing.facts.at(-1)?.ticket ?? growing.ticket!
    growing.facts.push(...factsAfter(start, added, frame))
    growing.ticket = growing.facts.at(-1)?.ticket ?? start
    const { id: ticketId, version: ticketVersion } = growing.ticket
    return { line, state: isFirst ? 'imported' : added.length > 0 ? 'continued' : 'duplicate', ticketId, ticketVersion }
  })
}

/** Writes what has grown; answers the ids of tickets that were not made, because somebody else was faster. */
async function write (
  tx: Tx,
  tenantId: string,
  grown: readonly Growing[],
  { facts }: ImportLoopDeps
): Promise<Set<string>> {
  const batches = grown.map((each) => each.facts).filter((batch) => batch.length > 0) as unknown as FactBatch[]
  const [fresh, continued] = [batches.filter(isWhole), batches.filter((batch) => !isWhole(batch))]
  const made = await facts.importHistories(tx, tenantId, fresh)
  await facts.continueHistories(tx, tenantId, continued)
  const lost = new Set(fresh.map(([first]) => first.ticket.id).filter((id) => !made.has(id)))
  const continuable = grown
    .map(({ ticket, known }) => ({ ticketId: ticket!.id, ...known }))
    .filter(({ ticketId }) => !lost.has(ticketId))
  await saveHistories(tx, tenantId, continuable)
  return lost
}

function isWhole ([first]: FactBatch): boolean {
  return first.change.kind === 'created'
}
