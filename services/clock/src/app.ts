import { agreementEventTypes, ticketFactTypes, type EventTypeOn, type topics } from '@dueline/contracts'
import { askedPeople, migrations as httpMigrations, type ServiceDeps } from '@dueline/http'
import { createOutbox, forAll, migrations as messagingMigrations, type Bus, type Handlers } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { Signal } from '@dueline/runtime'
import { buildService, directoryService, type BuiltService } from '@dueline/service'
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

type ClockHandlers = Handlers<EventTypeOn<typeof topics.ticket | (typeof topics)['sla-policy']>>

/** The service with its parts by name, for tests that feed or await one of them. */
export interface ClockService extends BuiltService {
  readonly projector: ClockProjector
  readonly handlers: ClockHandlers
  readonly timers: Timers
}

/** Makes every object of the clock service, once. Nothing listens, runs or connects before its caller says so. */
export function buildClock (deps: ServiceDeps<ClockConfig, Bus>): ClockService {
  const { config, logger, clock, ids, metrics, database } = deps
  const calendars = new CalendarCache()
  const advanced = new Signal<ReadonlyMap<string, TicketCase>>()
  const timers = createTimers({ database, clock, logger, metrics })
  const projector = new ClockProjector({
    calendars,
    outbox: createOutbox(),
    timers,
    ids,
    advanced,
    aliveSince: clock.now()
  })
  timers.handle(timerKind, {
    ownerTable: 'ticket_case',
    fire: async (tx, due, now) => await projector.fire(tx, due, now)
  })
  const followTimeline = onTicketFacts({ projector, clock })
  const handlers: ClockHandlers = {
    ...forAll(ticketFactTypes, followTimeline),
    ...forAll(agreementEventTypes, followTimeline),
    'dueline.calendar.published.v1': onCalendarPublished({ projector, clock }),
    'dueline.policy.published.v1': 'ignored',
    'dueline.catalogue.changed.v1': 'ignored',
    'dueline.people.named.v1': 'ignored',
    'dueline.assignee.left.v1': 'ignored'
  }
  registerClockMetrics(metrics, database)

  const directory = directoryService(config, logger)
  const routeDeps: RouteDeps = { database, clock, ids, config, calendars, projector, advanced, directory }
  const service = buildService(deps, {
    name: 'clock',
    errors,
    people: askedPeople(directory),
    consumes: ['ticket', 'sla-policy'],
    handlers,
    routes,
    routeDeps,
    loops: [timers]
  })
  return { ...service, projector, handlers, timers }
}
