import { agreementEventTypes, ticketFactTypes } from '@dueline/contracts'
import { createKeySecrets, createUpstream, migrations as httpMigrations, type ServiceDeps } from '@dueline/http'
import { createOutbox, forAll, migrations as messagingMigrations, type Bus } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import { buildService, type BuiltService } from '@dueline/service'
import type { DirectoryConfig } from './config.ts'
import { onCalendarPublished } from './consumers/on-calendar-published.ts'
import { onCatalogueChanged } from './consumers/on-catalogue-changed.ts'
import { createOnPeopleNamed } from './consumers/on-people-named.ts'
import { errors } from './errors.ts'
import { routes } from './routes/index.ts'
import { createScimCallers } from './scim/callers.ts'
import { createKeyFinder } from './store/key-finder.ts'
import { createPersonFinder } from './store/person-finder.ts'
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
  const policy = createUpstream({
    name: 'the policy service',
    url: config.SLA_POLICY_URL,
    timeoutMs: policyTimeoutMs,
    logger
  })
  const outbox = createOutbox()
  const keySecrets = createKeySecrets(config.API_KEY_SECRET)
  const people = {
    ...createPersonFinder({ database, ids, clock, outbox }),
    ...createKeyFinder({ database, clock, secrets: keySecrets })
  }
  return buildService(deps, {
    name: 'directory',
    errors,
    people,
    consumes: ['ticket', 'sla-policy'],
    handlers: {
      ...forAll(ticketFactTypes, 'ignored'),
      'dueline.people.named.v1': createOnPeopleNamed({ outbox, ids, clock }),
      'dueline.assignee.left.v1': 'ignored',
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
      outbox,
      people,
      keySecrets,
      issuers: deps.auth.issuers,
      references: createReferences({ database, policy }),
      scimCallers: createScimCallers({ database, clock, secrets: keySecrets })
    },
    loops: []
  })
}
