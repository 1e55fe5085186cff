import { ticketFactTypes, topics } from '@dueline/contracts'
import {
  buildHttp,
  createAnswerSweeper,
  migrations as httpMigrations,
  type App,
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
import type { SlaPolicyConfig } from './config.ts'
import { onPersonChanged } from './consumers/on-person-changed.ts'
import { onTicketFacts } from './consumers/on-ticket-facts.ts'
import { errors } from './errors.ts'
import { createReresolver } from './agreements/reresolver.ts'
import { registerRoutes } from './routes/index.ts'
import { createCompiledCalendars } from './store/compiled-calendars.ts'
import { createPolicyCache } from './store/policy-cache.ts'
import { createClockPreviews } from './upstream/clock-previews.ts'
import { createPeople } from './upstream/people.ts'

export { ConfigSchema, type Config, type SlaPolicyConfig } from './config.ts'

/** The Postgres schema of the service. */
export const schema = 'sla_policy'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [
  messagingMigrations,
  httpMigrations,
  { name: 'sla-policy', directory: new URL('../migrations/', import.meta.url) }
]
/** Its consumer group, which is also its name in the inbox. */
export const group = 'sla-policy'

/** The service with the loops that a test waits on. */
export interface SlaPolicyService extends Service {
  readonly http: App
  readonly consumer: Consumer
  readonly relay: Relay
  readonly reresolver: Poller
}

/** Makes every object of the policy service, once. Nothing listens, runs or connects before its caller says so. */
export function buildSlaPolicy (deps: ServiceDeps<SlaPolicyConfig, Bus>): SlaPolicyService {
  const { config, logger, clock, ids, metrics, database, bus, auth } = deps
  const outbox = createOutbox()
  const cache = createPolicyCache()
  const sync = { outbox, ids, cache, clock }
  const reresolver = createReresolver({ database, logger, ...sync })
  const consumer = createConsumer({
    database,
    bus,
    group,
    topics: [topics.ticket],
    handlers: {
      ...forAll(ticketFactTypes, onTicketFacts(sync)),
      'dueline.person.changed.v1': onPersonChanged
    },
    logger,
    metrics,
    clock,
    ids
  })
  const relay = createRelay({ database, bus, topic: topics['sla-policy'], logger, metrics, clock, ids })
  const http = buildHttp({
    service: 'sla-policy',
    version: '0.1.0',
    logger,
    metrics,
    clock,
    ids,
    auth,
    errors,
    ready: readinessOf(database, consumer)
  })
  const people = createPeople({ database, ticketUrl: config.TICKET_URL, timeoutMs: config.TICKET_TIMEOUT_MS, logger })
  const clockPreviews = createClockPreviews({ clockUrl: config.CLOCK_URL, timeoutMs: config.CLOCK_TIMEOUT_MS, logger })
  const calendars = createCompiledCalendars()
  const published = (): void => reresolver.wake()
  registerRoutes(http, { database, clock, ids, outbox, cache, people, clockPreviews, calendars, published })
  deadLetterRoutes(http, { service: 'sla-policy', database, bus })
  const sweeper = createAnswerSweeper({ database, logger })
  return { http, loops: [relay, reresolver, consumer, sweeper], consumer, relay, reresolver }
}
