import type { Outbox } from '@dueline/messaging'
import type { Database, Tx } from '@dueline/postgres'
import { createPoller, type Clock, type Ids, type Logger, type Poller } from '@dueline/runtime'
import type { FactStore } from '../store/fact-store.ts'
import { finishImport, finishLines, lockNextImport, pendingLines, type PendingLine } from '../store/import-store.ts'
import type { NumberAllocator } from '../store/number-allocator.ts'
import { importLines } from './import-lines.ts'

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
  return createPoller({
    name: 'ticket-import',
    idleMs,
    idleMsMax: idleMs * 10,
    logger,
    run: async () => await database.tx(async (tx) => await pass(tx, deps))
  })
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
