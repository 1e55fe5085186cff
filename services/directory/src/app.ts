import { agreementEventTypes, ticketFactTypes } from '@dueline/contracts'
import {
  askedPeople,
  createKeySecrets,
  createUpstream,
  migrations as httpMigrations,
  type ServiceDeps
} from '@dueline/http'
import { createOutbox, forAll, migrations as messagingMigrations, type Bus } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { buildService, ticketService, type BuiltService } from '@dueline/service'
import type { DirectoryConfig } from './config.ts'
import { onCalendarPublished } from './consumers/on-calendar-published.ts'
import { onCatalogueChanged } from './consumers/on-catalogue-changed.ts'
import { onPersonChanged } from './consumers/on-person-changed.ts'
import { errors } from './errors.ts'
import { routes } from './routes/index.ts'
import { createScimCallers } from './scim/callers.ts'
import { createReferences } from './upstreams/references.ts'

export { ConfigSchema, type Config, type DirectoryConfig } from './config.ts'

/** Longest wait for the policy service, while something is written. */
const policyTimeoutMs = 2_000

/** The Postgres schema of the service. */
export const schema = 'directory'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [messagingMigrations, httpMigrations, {
  name: 'directory',
  directory: new URL('../migrations/', import.meta.url)
}]

/** Makes every object of the directory, once. Nothing listens, runs or connects before its caller says so. */
export function buildDirectory (deps: ServiceDeps<DirectoryConfig, Bus>): BuiltService {
  const { config, logger, clock, ids, database } = deps
  const ticket = ticketService(config, logger)
  const keySecrets = createKeySecrets(config.API_KEY_SECRET)
  const policy = createUpstream({
    name: 'the policy service',
    url: config.SLA_POLICY_URL,
    timeoutMs: policyTimeoutMs,
    logger
  })
  return buildService(deps, {
    name: 'directory',
    errors,
    people: askedPeople(ticket),
    consumes: ['ticket', 'sla-policy'],
    handlers: {
      ...forAll(ticketFactTypes, 'ignored'),
      'dueline.person.changed.v1': onPersonChanged,
      ...forAll(agreementEventTypes, 'ignored'),
      'dueline.policy.published.v1': 'ignored',
      'dueline.calendar.published.v1': onCalendarPublished,
      'dueline.catalogue.changed.v1': onCatalogueChanged
    },
    routes,
    routeDeps: {
      database,
      clock,
      ids,
      outbox: createOutbox(),
      references: createReferences({ database, ticket, policy }),
      keySecrets,
      scimCallers: createScimCallers({ database, clock, secrets: keySecrets })
    },
    loops: []
  })
}
