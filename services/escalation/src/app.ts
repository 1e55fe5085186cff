import { clockEventTypes, organizationEventTypes, ticketFactTypes } from '@dueline/contracts'
import { askedPeople, migrations as httpMigrations, type ServiceDeps } from '@dueline/http'
import { createOutbox, forAll, migrations as messagingMigrations, type Bus } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import {
  buildService,
  copiedTypes,
  directoryCopyMigrations,
  directoryService,
  onDirectoryChanged,
  personCopies,
  type BuiltService
} from '@dueline/service'
import { createTimers, migrations as timerMigrations, type Timers } from '@dueline/timers'
import { createCommands } from './cases/commands.ts'
import type { EscalationConfig } from './config.ts'
import { onClockChanged } from './consumers/on-clock-changed.ts'
import { onPersonChanged } from './consumers/on-person-changed.ts'
import { onTicketChanged } from './consumers/on-ticket-changed.ts'
import { onWake } from './consumers/on-wake.ts'
import { errors } from './errors.ts'
import { createEscalationPolicyGuard } from './routes/escalation-policy-guard.ts'
import { createRecorder, timerKind } from './cases/recorder.ts'
import { routes } from './routes/index.ts'
import type { RouteDeps } from './routes/route-deps.ts'
import { registerEscalationMetrics } from './store/escalation-metrics.ts'
import { findPeople, savePeople } from './store/people-store.ts'

export { ConfigSchema, type Config, type EscalationConfig } from './config.ts'

/** The Postgres schema of the service. */
export const schema = 'escalation'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [
  messagingMigrations,
  timerMigrations,
  httpMigrations,
  directoryCopyMigrations,
  { name: 'escalation', directory: new URL('../migrations/', import.meta.url) }
]

/** The service with the loops that a test waits on. */
export interface EscalationService extends BuiltService {
  readonly timers: Timers
}

/** Makes every object of the escalation service, once. Nothing listens, runs or connects before its caller says so. */
export function buildEscalation (deps: ServiceDeps<EscalationConfig, Bus>): EscalationService {
  const { config, logger, clock, ids, metrics, database } = deps
  const timers = createTimers({ database, clock, logger, metrics })
  const recorder = createRecorder({ outbox: createOutbox(), timers, ids })
  timers.handle(timerKind, { ownerTable: 'escalation_case', fire: onWake({ ids, recorder }) })
  registerEscalationMetrics(metrics, database)

  const directory = directoryService(config, logger)
  const fields = ['screenName', 'managerId', 'level', 'active'] as const
  const people = personCopies({ database, directory, fields, read: findPeople, save: savePeople })
  const routeDeps: RouteDeps = {
    database,
    clock,
    ids,
    guard: createEscalationPolicyGuard(people),
    commands: createCommands({ clock, recorder })
  }
  const service = buildService(deps, {
    name: 'escalation',
    errors,
    people: askedPeople(directory),
    consumes: ['clock', 'ticket', 'directory'],
    handlers: {
      ...forAll(clockEventTypes, onClockChanged({ clock, recorder })),
      ...forAll(ticketFactTypes, onTicketChanged),
      'dueline.people.named.v1': 'ignored',
      'dueline.assignee.left.v1': 'ignored',
      'dueline.person.changed.v1': onPersonChanged,
      ...forAll(organizationEventTypes, 'ignored'),
      ...forAll(copiedTypes, onDirectoryChanged)
    },
    routes,
    routeDeps,
    loops: [timers]
  })
  return { ...service, timers }
}
