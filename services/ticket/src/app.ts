import { agreementEventTypes, clockEventTypes, organizationEventTypes } from '@dueline/contracts'
import {
  askedPeople,
  createSharedWrites,
  createUpstream,
  migrations as httpMigrations,
  type ServiceDeps
} from '@dueline/http'
import { createOutbox, forAll, migrations as messagingMigrations, type Bus, type Outbox } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import type { Clock, Ids, Poller } from '@dueline/runtime'
import {
  buildService,
  createAnswerTemplates,
  copiedTypes,
  directoryCopyMigrations,
  directoryService,
  type BuiltService
} from '@dueline/service'
import { createAssignmentLoop } from './assignment/assignment-loop.ts'
import type { Config } from './config.ts'
import { onCalendarPublished } from './consumers/on-calendar-published.ts'
import { onCatalogueChanged } from './consumers/on-catalogue-changed.ts'
import { onClockChanged } from './consumers/on-clock-changed.ts'
import { onEscalationChanged } from './consumers/on-escalation-changed.ts'
import { createOnEscalationLevelReached } from './consumers/on-escalation-level-reached.ts'
import { createOnDirectoryChanged } from './consumers/on-directory-changed.ts'
import { createOnPersonChanged } from './consumers/on-person-changed.ts'
import { onAbsenceChanged, onAvailabilityChanged, onCapacityChanged } from './consumers/on-presence-changed.ts'
import { errors } from './errors.ts'
import { createImportLoop } from './imports/import-loop.ts'
import { routes } from './routes/index.ts'
import { CalendarCache } from './store/calendar-store.ts'
import { createFactStore, ExternalIdTaken, type FactBatch, type FactStore } from './store/fact-store.ts'
import { createNumberAllocator } from './store/number-allocator.ts'
import { createCatalogue } from './upstreams/catalogue.ts'
import { createDirectoryThings, type Teams, type Units } from './upstreams/directory-things.ts'
import { createPersonDirectory, type PersonDirectory } from './upstreams/people.ts'

export { ConfigSchema, type Config } from './config.ts'
export { errors } from './errors.ts'

const dayMicros = 86_400_000_000
/** Longest wait for another service, while a ticket is written. */
const timeoutMs = 2_000

/** The Postgres schema that is this service's own. */
export const schema = 'ticket'

/** Everything the schema is made of. */
export const migrations: MigrationSource[] = [
  directoryCopyMigrations,
  { name: 'ticket', directory: new URL('../migrations', import.meta.url) },
  httpMigrations,
  messagingMigrations
]

/** The service with its loops by name, for tests that wait for one of them. */
export interface TicketService extends BuiltService {
  readonly importLoop: Poller
  readonly assignmentLoop: Poller
}

/** Makes the ticket service. Nothing listens or runs before the caller says so. */
export function buildTicket (deps: ServiceDeps<Config, Bus>): TicketService {
  const { config, logger, clock, ids, database } = deps
  const outbox = createOutbox()
  const facts = createFactStore({ outbox, ids })
  const creations = createSharedWrites<FactBatch>(database, async (tx, traced) => {
    // tried again one by one, the one whose external id is taken fails alone
    if ((await facts.create(tx, tx.tenantId, traced)).size < traced.length) throw new ExternalIdTaken()
  }, ([{ ticket }]) => ticket.id)
  const numbers = createNumberAllocator({ database, clock })
  const owner = directoryService(config, logger)
  const directory = createPersonDirectory({ database, directory: owner, clock })
  const policy = createUpstream({ name: 'the policy service', url: config.SLA_POLICY_URL, timeoutMs, logger })
  const catalogue = createCatalogue({ database, clock, policy })
  const teams = createDirectoryThings('team', { database, clock, directory: owner })
  const units = createDirectoryThings('unit', { database, clock, directory: owner })
  const calendars = new CalendarCache()
  const idleMs = config.IMPORT_POLL_MS
  const importLoop = createImportLoop({ database, facts, numbers, outbox, ids, clock, logger, idleMs })
  const assignmentLoop = createAssignmentLoop({
    database,
    facts,
    calendars,
    clock,
    logger,
    idleMs: config.ASSIGNMENT_POLL_MS
  })
  const service = buildService(deps, {
    name: 'ticket',
    errors,
    people: askedPeople(owner, directory.arrived),
    consumes: ['sla-policy', 'clock', 'escalation', 'directory'],
    handlers: handlersOf({ facts, outbox, ids, clock, directory, teams, units }),
    routes,
    routeDeps: {
      database,
      clock,
      ids,
      facts,
      creations,
      numbers,
      directory,
      catalogue,
      teams,
      units,
      calendars,
      answerTemplates: createAnswerTemplates(config, logger),
      reopenWindowMicros: config.REOPEN_WINDOW_DAYS * dayMicros,
      importLoop
    },
    loops: [importLoop, assignmentLoop]
  })
  return { ...service, importLoop, assignmentLoop }
}

/** What becomes of each event that is read. */
function handlersOf (
  { facts, outbox, ids, clock, directory, teams, units }: {
    facts: FactStore,
    outbox: Outbox,
    ids: Ids,
    clock: Clock,
    directory: PersonDirectory,
    teams: Teams,
    units: Units
  }
) {
  return {
    'dueline.catalogue.changed.v1': onCatalogueChanged,
    'dueline.escalation.level-reached.v1': createOnEscalationLevelReached({ facts, clock }),
    ...forAll(agreementEventTypes, 'ignored'),
    'dueline.policy.published.v1': 'ignored',
    'dueline.calendar.published.v1': onCalendarPublished,
    ...forAll(clockEventTypes, onClockChanged),
    'dueline.escalation.opened.v1': onEscalationChanged,
    'dueline.escalation.acknowledged.v1': onEscalationChanged,
    'dueline.escalation.stopped.v1': onEscalationChanged,
    'dueline.escalation.exhausted.v1': onEscalationChanged,
    'dueline.person.changed.v1': createOnPersonChanged({ directory, outbox, ids }),
    ...forAll(organizationEventTypes, 'ignored'),
    ...forAll(copiedTypes, createOnDirectoryChanged({ teams, units })),
    'dueline.availability.changed.v1': onAvailabilityChanged,
    'dueline.absence.changed.v1': onAbsenceChanged,
    'dueline.capacity.changed.v1': onCapacityChanged
  } as const
}
