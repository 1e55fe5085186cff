import { organizationEventTypes, ticketFactTypes } from '@dueline/contracts'
import { askedPeople, migrations as httpMigrations, type ServiceDeps } from '@dueline/http'
import { createOutbox, forAll, migrations as messagingMigrations, type Bus } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import type { Poller } from '@dueline/runtime'
import {
  buildService,
  createAnswerTemplates,
  directoryService,
  personCopies,
  type BuiltService
} from '@dueline/service'
import type { SlaPolicyConfig } from './config.ts'
import { onPersonChanged } from './consumers/on-person-changed.ts'
import { onTicketFacts } from './consumers/on-ticket-facts.ts'
import { errors } from './errors.ts'
import { createReresolver } from './agreements/reresolver.ts'
import { routes } from './routes/index.ts'
import { createTableThreads } from './spreadsheets/table-threads.ts'
import { createCompiledCalendars } from './store/compiled-calendars.ts'
import { findPeople, savePeople } from './store/person-store.ts'
import { createPolicyCache } from './store/policy-cache.ts'
import { createClockPreviews } from './upstreams/clock-previews.ts'

export { ConfigSchema, type Config, type SlaPolicyConfig } from './config.ts'

/** The Postgres schema of the service. */
export const schema = 'sla_policy'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [
  messagingMigrations,
  httpMigrations,
  { name: 'sla-policy', directory: new URL('../migrations/', import.meta.url) }
]

/** The service with the loops that a test waits on. */
export interface SlaPolicyService extends BuiltService {
  readonly reresolver: Poller
}

/** What a test puts in the place of the own. */
export interface SlaPolicyParts {
  /** The program of the threads that read and write tables. */
  readonly tableProgram?: URL
}

/** Makes every object of the policy service, once. Nothing listens, runs or connects before its caller says so. */
export function buildSlaPolicy (
  deps: ServiceDeps<SlaPolicyConfig, Bus>,
  { tableProgram }: SlaPolicyParts = {}
): SlaPolicyService {
  const { config, logger, clock, ids, database } = deps
  const outbox = createOutbox()
  const cache = createPolicyCache()
  const sync = { outbox, ids, cache, clock }
  const reresolver = createReresolver({ database, logger, ...sync })
  const directory = directoryService(config, logger)
  const people = personCopies({ database, directory, fields: ['active'], read: findPeople, save: savePeople })
  const clockPreviews = createClockPreviews({ clockUrl: config.CLOCK_URL, timeoutMs: config.CLOCK_TIMEOUT_MS, logger })
  const calendars = createCompiledCalendars()
  const tables = createTableThreads({
    logger,
    timeoutMs: config.TABLE_TIMEOUT_MS,
    memoryMb: config.TABLE_MEMORY_MB,
    ...(tableProgram === undefined ? {} : { program: tableProgram })
  })
  const service = buildService(deps, {
    name: 'sla-policy',
    errors,
    people: askedPeople(directory),
    consumes: ['ticket', 'directory'],
    handlers: {
      ...forAll(ticketFactTypes, onTicketFacts(sync)),
      'dueline.people.named.v1': 'ignored',
      'dueline.assignee.left.v1': 'ignored',
      'dueline.person.changed.v1': onPersonChanged,
      ...forAll(organizationEventTypes, 'ignored')
    },
    routes,
    routeDeps: {
      database,
      clock,
      ids,
      outbox,
      cache,
      people,
      tables,
      clockPreviews,
      answerTemplates: createAnswerTemplates(config, logger),
      calendars,
      reresolver
    },
    loops: [reresolver]
  })
  return { ...service, reresolver }
}
