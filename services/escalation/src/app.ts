import { topics } from '@dueline/contracts'
import { buildHttp, migrations as httpMigrations, type Service, type ServiceDeps } from '@dueline/http'
import {
  createConsumer,
  createOutbox,
  createRelay,
  deadLetterRoutes,
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
import { clockEventTypes, onClockChanged } from './consumers/on-clock-changed.ts'
import { onPersonChanged } from './consumers/on-person-changed.ts'
import { onTicketChanged, ticketEventTypes } from './consumers/on-ticket-changed.ts'
import { onWake } from './consumers/on-wake.ts'
import { errors } from './errors.ts'
import { createLadderGuard } from './ladder-guard.ts'
import { createPersonFinder } from './person-finder.ts'
import { createRecorder, timerKind } from './recorder.ts'
import { deleteLadderRoute } from './routes/delete-ladder.route.ts'
import { getEscalation } from './routes/get-escalation.route.ts'
import { getEscalations } from './routes/get-escalations.route.ts'
import { getLadderPresets } from './routes/get-ladder-presets.route.ts'
import { getLadder } from './routes/get-ladder.route.ts'
import { getLadders } from './routes/get-ladders.route.ts'
import type { Parts } from './routes/parts.ts'
import { patchLadder } from './routes/patch-ladder.route.ts'
import { postAcknowledge } from './routes/post-acknowledge.route.ts'
import { postLadder } from './routes/post-ladder.route.ts'
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
  postLadder,
  getLadders,
  getLadderPresets,
  getLadder,
  patchLadder,
  deleteLadderRoute,
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
  const followClocks = onClockChanged({ clock, recorder })
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
      ...Object.fromEntries(clockEventTypes.map((type) => [type, followClocks])),
      ...Object.fromEntries(ticketEventTypes.map((type) => [type, onTicketChanged])),
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
  const parts: Parts = {
    database,
    clock,
    ids,
    guard: createLadderGuard(people),
    commands: createCommands({ clock, recorder })
  }
  for (const route of routes) route(http, parts)
  deadLetterRoutes(http, { service: 'escalation', database, bus })
  return { http, loops: [relay, timers, consumer], relay, timers, consumer }
}
