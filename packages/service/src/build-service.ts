import { topics, type EventTypeOn, type ServiceName } from '@dueline/contracts'
import {
  buildHttp,
  createAnswerSweeper,
  type ApiKeys,
  type App,
  type ErrorTable,
  type People,
  type Service,
  type ServiceDeps
} from '@dueline/http'
import {
  createConsumer,
  createRelay,
  deadLetterRoutes,
  readinessOf,
  type Bus,
  type Consumer,
  type Handlers,
  type Relay
} from '@dueline/messaging'
import type { Loop } from '@dueline/runtime'
import type { ServiceConfig } from './config.ts'

/** What is a service's own; everything else is made alike for all of them. `Source`: the services it listens to. */
export interface ServiceParts<Source extends ServiceName, RouteDeps> {
  /** Also its topic, its consumer group and its name in the inbox. */
  readonly name: ServiceName
  /** The problems that only this service answers. */
  readonly errors: ErrorTable
  /**
   * Where its callers are found among the tenant's people, and API keys; undefined: each is who its token says, and
   * keys are not accepted.
   */
  readonly people: (People & ApiKeys) | undefined
  /** The services whose events it reads. */
  readonly consumes: readonly Source[]
  /** Names every event type of those services. */
  readonly handlers: Handlers<EventTypeOn<(typeof topics)[Source]>>
  readonly routes: ReadonlyArray<(app: App, deps: RouteDeps) => void>
  readonly routeDeps: RouteDeps
  /** Loops of its own; they start before events are handled, and stop after. */
  readonly loops: readonly Loop[]
}

/** A service with the loops that every service has, for tests that wait on one of them. */
export interface BuiltService extends Service {
  readonly consumer: Consumer
  readonly relay: Relay
}

/**
 * Makes a service of its parts: HTTP with its routes and those of dead letters, the relay of its outbox, the consumer
 * of its events, the deletion of old answers, readiness. Nothing listens, runs or connects before its caller says so.
 */
export function buildService<const Source extends ServiceName, RouteDeps> (
  { config, logger, clock, ids, metrics, database, bus, auth }: ServiceDeps<object, Bus>,
  { name, errors, people, consumes, handlers, routes, routeDeps, loops }: ServiceParts<Source, RouteDeps>
): BuiltService {
  // the types of services name their own keys only
  const { OPERATOR_TENANT: operatorTenant } = config as Partial<ServiceConfig>
  const shared = { logger, metrics, clock, ids }
  const consumer = createConsumer<(typeof topics)[Source]>({
    ...shared,
    database,
    bus,
    group: name,
    topics: consumes.map((source) => topics[source]),
    handlers
  })
  const relay = createRelay({ ...shared, database, bus, topic: topics[name] })
  const ready = readinessOf(database, consumer)
  const http = buildHttp({
    ...shared,
    service: name,
    version: '0.1.0',
    database,
    auth: people === undefined ? auth : { ...auth, people, keys: people },
    errors,
    ready
  })
  for (const addTo of routes) addTo(http, routeDeps)
  deadLetterRoutes(http, { service: name, database, bus, operatorTenant })
  const sweeper = createAnswerSweeper({ database, logger })
  return { http, loops: [relay, ...loops, consumer, sweeper], consumer, relay }
}
