import type { Outbox } from '@dueline/messaging'
import type { Database, Tx } from '@dueline/postgres'
import { createPoller, type Clock, type Ids, type Logger, type Poller } from '@dueline/runtime'
import { factsOfHistory } from '../domain/history.ts'
import type { FactStore, Story } from '../store/fact-store.ts'
import { finishImport, finishLines, lockNextImport, pendingLines, ticketsByExternalId, type LineResult, type PendingLine } from '../store/import-store.ts'
import type { NumberAllocator } from '../store/number-allocator.ts'
import { provideForPeople } from './imported-people.ts'

/** Lines per transaction, unless their facts are more than `factsPerPassMax`. */
const linesPerPass = 200
const factsPerPassMax = 5_000

export interface ImportLoopDeps {
  database: Database
  facts: FactStore
  numbers: NumberAllocator
  outbox: Outbox
  ids: Ids
  clock: Clock
  logger: Logger
  idleMs: number
}

/**
 * Turns the lines of posted imports into tickets, one import at a time per replica, in transactions of up to 200 lines:
 * tickets, events and "this line is done" commit together, so that a crash repeats nothing.
 */
export function createImportLoop (deps: ImportLoopDeps): Poller {
  const { database, logger, idleMs } = deps
  return createPoller({ name: 'ticket-import', idleMs, idleMsMax: idleMs * 10, logger, run: async () => await database.tx(async (tx) => await pass(tx, deps)) })
}

async function pass (tx: Tx, deps: ImportLoopDeps): Promise<'busy' | 'idle'> {
  const next = await lockNextImport(tx)
  if (next === null) return 'idle'
  const lines = withinFactLimit(await pendingLines(tx, next.tenantId, next.id, linesPerPass))
  if (lines.length === 0) {
    await finishImport(tx, next.tenantId, next.id, deps.clock.now())
    return 'busy'
  }
  await finishLines(tx, next.tenantId, next.id, await importLines(tx, next.tenantId, lines, deps))
  return 'busy'
}

function withinFactLimit (lines: readonly PendingLine[]): PendingLine[] {
  let facts = 0
  return lines.filter(({ content }, i) => (facts += content.facts.length + 1) <= factsPerPassMax || i === 0)
}

async function importLines (tx: Tx, tenantId: string, lines: readonly PendingLine[], { facts, numbers, outbox, ids, clock }: ImportLoopDeps): Promise<LineResult[]> {
  const known = await ticketsByExternalId(tx, tenantId, lines.map(({ content }) => content.externalId))
  // the first line of a ticket counts, later ones with the same external id are duplicates of it
  const fresh = lines.filter(({ content: { externalId } }, i) => !known.has(externalId) && lines.findIndex((other) => other.content.externalId === externalId) === i)
  const people = await provideForPeople(tx, tenantId, fresh.map(({ content }) => content), { outbox, ids, now: clock.now() })
  const given = await numbers.take(tenantId, fresh.length)
  const stories = fresh.map(({ content }, i) => factsOfHistory(content, {
    ticketId: ids.next(),
    number: given[i]!,
    messageId: () => ids.next(),
    person: (externalId) => people.get(externalId)!
  }) as unknown as Story)
  const made = stories.length === 0 ? new Set<string>() : await facts.importHistories(tx, tenantId, stories)
  const results = new Map(stories.filter((story) => made.has(story[0].ticket.id)).map((story, i) => {
    const { id, externalId, version } = story.at(-1)!.ticket
    return [externalId!, { ticketId: id, ticketVersion: version }]
  }))
  const missing = lines.map(({ content }) => content.externalId).filter((externalId) => !results.has(externalId))
  const others = await ticketsByExternalId(tx, tenantId, missing)
  return lines.map(({ line, content: { externalId } }) => {
    const own = fresh.some((other) => other.line === line) ? results.get(externalId) : undefined
    return { line, state: own === undefined ? 'duplicate' : 'imported', ...(own ?? results.get(externalId) ?? others.get(externalId)!) }
  })
}
