import { clockEventTypes, ticketFactTypes, topics } from '@dueline/contracts'
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
  type Relay
} from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { createTimers, migrations as timerMigrations, type Timers } from '@dueline/timers'
import { createCommands } from './commands.ts'
import type { EscalationConfig } from './config.ts'
import { onClockChanged } from './consumers/on-clock-changed.ts'
import { onPersonChanged } from './consumers/on-person-changed.ts'
import { onTicketChanged } from './consumers/on-ticket-changed.ts'
import { onWake } from './consumers/on-wake.ts'
import { errors } from './errors.ts'
import { createEscalationPolicyGuard } from './escalation-policy-guard.ts'
import { createPersonFinder } from './person-finder.ts'
import { createRecorder, timerKind } from './recorder.ts'
import { deleteEscalationPolicyRoute } from './routes/delete-escalation-policy.route.ts'
import { getEscalation } from './routes/get-escalation.route.ts'
import { getEscalations } from './routes/get-escalations.route.ts'
import { getEscalationPolicyPresets } from './routes/get-escalation-policy-presets.route.ts'
import { getEscalationPolicy } from './routes/get-escalation-policy.route.ts'
import { getEscalationPolicies } from './routes/get-escalation-policies.route.ts'
import type { RouteDeps } from './routes/route-deps.ts'
import { patchEscalationPolicy } from './routes/patch-escalation-policy.route.ts'
import { postAcknowledge } from './routes/post-acknowledge.route.ts'
import { postEscalationPolicy } from './routes/post-escalation-policy.route.ts'
import { postRaise } from './routes/post-raise.route.ts'
import { registerEscalationMetrics } from './store/escalation-metrics.ts'

export { ConfigSchema, type Config, type EscalationConfig } from './config.ts'

/** The Postgres schema of the service. */
export const schema = 'escalation'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [messagingMigrations, timerMigrations, httpMigrations, {
  name: 'escalation',
  directory: new URL('../migrations/', import.meta.url)
}]
/** Its consumer group, which is also its name in the inbox. */
export const group = 'escalation'

const routes = [
  postEscalationPolicy,
  getEscalationPolicies,
  getEscalationPolicyPresets,
  getEscalationPolicy,
  patchEscalationPolicy,
  deleteEscalationPolicyRoute,
  getEscalations,
  getEscalation,
  postAcknowledge,
  postRaise
]

/** The service with the loops that a test waits on. */
export interface EscalationService extends Service {
  readonly timers: Timers
  readonly consumer: Consumer
  readonly relay: Relay
}

/** Makes every object of the escalation service, once. Nothing listens, runs or connects before its caller says so. */
export function buildEscalation (deps: ServiceDeps<EscalationConfig, Bus>): EscalationService {
  const { config, logger, clock, ids, metrics, database, bus, auth } = deps
  const recorder = createRecorder({ outbox: createOutbox(), timers: () => timers, ids })
  const timers: Timers = createTimers({
    database,
    clock,
    logger,
    metrics,
    kinds: { [timerKind]: { ownerTable: 'escalation_case', fire: onWake({ ids, recorder }) } }
  })
  const consumer = createConsumer({
    database,
    bus,
    group,
    topics: [topics.clock, topics.ticket],
    logger,
    metrics,
    clock,
    ids,
    handlers: {
      ...forAll(clockEventTypes, onClockChanged({ clock, recorder })),
      ...forAll(ticketFactTypes, onTicketChanged),
      'dueline.person.changed.v1': onPersonChanged
    }
  })
  const relay = createRelay({ database, bus, topic: topics.escalation, logger, metrics, clock, ids })
  registerEscalationMetrics(metrics, database)

  const http = buildHttp({
    service: 'escalation',
    version: '0.1.0',
    logger,
    metrics,
    clock,
    ids,
    auth,
    errors,
    ready: readinessOf(database, consumer)
  })
  const people = createPersonFinder({
    database,
    logger,
    ticketUrl: config.TICKET_URL,
    timeoutMs: config.TICKET_TIMEOUT_MS
  })
  const routeDeps: RouteDeps = {
    database,
    clock,
    ids,
    guard: createEscalationPolicyGuard(people),
    commands: createCommands({ clock, recorder })
  }
  for (const route of routes) route(http, routeDeps)
  deadLetterRoutes(http, { service: 'escalation', database, bus })
  const sweeper = createAnswerSweeper({ database, logger })
  return { http, loops: [relay, timers, consumer, sweeper], relay, timers, consumer }
}
