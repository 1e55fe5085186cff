import { agreementEventTypes, topics } from '@dueline/contracts'
import {
  buildHttp,
  createAnswerSweeper,
  createSharedWrites,
  migrations as httpMigrations,
  type Service,
  type ServiceDeps
} from '@dueline/http'
import {
  createConsumer,
  createOutbox,
  createRelay,
  deadLetterRoutes,
  forAll,
  migrations as messagingMigrations,
  readinessOf,
  type Bus,
  type Consumer,
  type Relay
} from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import type { Poller } from '@dueline/runtime'
import type { Config } from './config.ts'
import { onCatalogueChanged } from './consumers/on-catalogue-changed.ts'
import { createOnEscalationLevelReached } from './consumers/on-escalation-level-reached.ts'
import { errors } from './errors.ts'
import { createImportLoop } from './imports/import-loop.ts'
import { routes } from './routes/index.ts'
import { createFactStore, ExternalIdTaken, type FactStore, type FactBatch } from './store/fact-store.ts'
import { createNumberAllocator } from './store/number-allocator.ts'
import { createPersonDirectory } from './store/person-directory.ts'
import { createCatalogue } from './upstreams/catalogue.ts'

export { ConfigSchema, type Config } from './config.ts'
export { errors } from './errors.ts'

const dayMicros = 86_400_000_000

/** The Postgres schema that is this service's own. */
export const schema = 'ticket'

/** Everything the schema is made of. */
export const migrations: MigrationSource[] = [
  { name: 'ticket', directory: new URL('../migrations', import.meta.url) },
  httpMigrations,
  messagingMigrations
]

/** The service with its loops by name, for tests that wait for one of them. */
export interface TicketService extends Service {
  readonly relay: Relay
  readonly consumer: Consumer
  readonly importLoop: Poller
}

/** Makes the ticket service. Nothing listens or runs before the caller says so. */
export function buildTicket (deps: ServiceDeps<Config, Bus>): TicketService {
  const { config, logger, clock, ids, metrics, database, bus, auth } = deps
  const outbox = createOutbox()
  const facts = createFactStore({ outbox, ids })
  const creations = createSharedWrites<FactBatch>(database, async (tx, traced) => {
    // tried again one by one, the one whose external id is taken fails alone
    if ((await facts.create(tx, tx.tenantId, traced)).size < traced.length) throw new ExternalIdTaken()
  }, ([{ ticket }]) => ticket.id)
  const numbers = createNumberAllocator({ database, clock })
  const directory = createPersonDirectory({ clock })
  const catalogue = createCatalogue({ database, clock, logger, url: config.SLA_POLICY_URL })
  const importLoop = createImportLoop({
    database,
    facts,
    numbers,
    outbox,
    ids,
    clock,
    logger,
    idleMs: config.IMPORT_POLL_MS
  })
  const relay = createRelay({ database, bus, topic: topics.ticket, logger, metrics, clock, ids })
  const consumer = createTicketConsumer(deps, facts)

  const http = buildHttp({
    service: 'ticket',
    version: '0.1.0',
    logger,
    metrics,
    clock,
    ids,
    auth,
    errors,
    ready: readinessOf(database, consumer)
  })
  const reopenWindowMicros = config.REOPEN_WINDOW_DAYS * dayMicros
  const routeDeps = {
    database,
    clock,
    ids,
    facts,
    creations,
    numbers,
    directory,
    catalogue,
    outbox,
    reopenWindowMicros,
    wakeImports: () => importLoop.wake()
  }
  for (const addTo of routes) addTo(http, routeDeps)
  deadLetterRoutes(http, { service: 'ticket', database, bus })
  const sweeper = createAnswerSweeper({ database, logger })
  return { http, loops: [relay, consumer, importLoop, sweeper], relay, consumer, importLoop }
}

/** Hears of the catalogue, and of escalations, which change tickets. */
function createTicketConsumer (deps: ServiceDeps<Config, Bus>, facts: FactStore): Consumer {
  const { logger, clock, ids, metrics, database, bus } = deps
  return createConsumer({
    database,
    bus,
    group: 'ticket',
    topics: [topics['sla-policy'], topics.escalation],
    handlers: {
      'dueline.catalogue.changed.v1': onCatalogueChanged,
      'dueline.escalation.level-reached.v1': createOnEscalationLevelReached({ facts, clock }),
      ...forAll(agreementEventTypes, 'ignored'),
      'dueline.policy.published.v1': 'ignored',
      'dueline.calendar.published.v1': 'ignored',
      'dueline.escalation.opened.v1': 'ignored',
      'dueline.escalation.acknowledged.v1': 'ignored',
      'dueline.escalation.stopped.v1': 'ignored',
      'dueline.escalation.exhausted.v1': 'ignored'
    },
    logger,
    metrics,
    clock,
    ids
  })
}
