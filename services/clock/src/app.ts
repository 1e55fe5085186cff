import { agreementEventTypes, ticketFactTypes, topics, type EventTypeOn } from '@dueline/contracts'
import {
  buildHttp,
  createAnswerSweeper,
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
  type Handlers,
  type Relay
} from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { Signal } from '@dueline/runtime'
import { createTimers, migrations as timerMigrations, type Timers } from '@dueline/timers'
import { ClockProjector } from './projection/clock-projector.ts'
import type { TicketCase } from './domain/ticket-case.ts'
import { timerKind } from './projection/persist.ts'
import type { ClockConfig } from './config.ts'
import { onCalendarPublished } from './consumers/on-calendar-published.ts'
import { onTicketFacts } from './consumers/on-ticket-facts.ts'
import { errors } from './errors.ts'
import { routes } from './routes/index.ts'
import type { RouteDeps } from './routes/route-deps.ts'
import { CalendarCache } from './store/calendar-store.ts'
import { registerClockMetrics } from './store/clock-metrics.ts'

export { ConfigSchema, type ClockConfig, type Config } from './config.ts'
export { errors } from './errors.ts'

/** The Postgres schema of the service. */
export const schema = 'clock'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [
  messagingMigrations,
  timerMigrations,
  httpMigrations,
  { name: 'clock', directory: new URL('../migrations/', import.meta.url) }
]
/** Its consumer group, which is also its name in the inbox. */
export const group = 'clock'

type ClockHandlers = Handlers<EventTypeOn<typeof topics.ticket | (typeof topics)['sla-policy']>>

/** The service with its parts by name, for tests that feed or await one of them. */
export interface ClockService extends Service {
  readonly projector: ClockProjector
  readonly handlers: ClockHandlers
  readonly timers: Timers
  readonly consumer: Consumer
  readonly relay: Relay
}

/** Makes every object of the clock service, once. Nothing listens, runs or connects before its caller says so. */
export function buildClock (deps: ServiceDeps<ClockConfig, Bus>): ClockService {
  const { config, logger, clock, ids, metrics, database, bus, auth } = deps
  const calendars = new CalendarCache()
  const advanced = new Signal<ReadonlyMap<string, TicketCase>>()
  const timers: Timers = createTimers({
    database,
    clock,
    logger,
    metrics,
    kinds: {
      [timerKind]: { ownerTable: 'ticket_case', fire: async (tx, due, now) => await projector.fire(tx, due, now) }
    }
  })
  const projector = new ClockProjector({
    calendars,
    outbox: createOutbox(),
    timers,
    ids,
    advanced,
    aliveSince: clock.now()
  })
  const followTimeline = onTicketFacts({ projector, clock })
  const handlers: ClockHandlers = {
    ...forAll(ticketFactTypes, followTimeline),
    ...forAll(agreementEventTypes, followTimeline),
    'dueline.calendar.published.v1': onCalendarPublished({ projector, clock }),
    'dueline.policy.published.v1': 'ignored',
    'dueline.catalogue.changed.v1': 'ignored',
    'dueline.person.changed.v1': 'ignored'
  }
  const consumer = createConsumer({
    database,
    bus,
    group,
    topics: [topics.ticket, topics['sla-policy']],
    handlers,
    logger,
    metrics,
    clock,
    ids
  })
  const relay = createRelay({ database, bus, topic: topics.clock, logger, metrics, clock, ids })
  registerClockMetrics(metrics, database)

  const http = buildHttp({
    service: 'clock',
    version: '0.1.0',
    logger,
    metrics,
    clock,
    ids,
    auth,
    errors,
    ready: readinessOf(database, consumer)
  })
  const routeDeps: RouteDeps = { database, clock, ids, config, calendars, projector, advanced }
  for (const addTo of routes) addTo(http, routeDeps)
  deadLetterRoutes(http, { service: 'clock', database, bus })
  const sweeper = createAnswerSweeper({ database, logger })
  return { http, loops: [relay, timers, consumer, sweeper], projector, handlers, timers, consumer, relay }
}
