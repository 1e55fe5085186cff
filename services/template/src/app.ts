import { askedPeople, createUpstream, migrations as httpMigrations, type ServiceDeps } from '@dueline/http'
import { createOutbox, migrations as messagingMigrations, type Bus } from '@dueline/messaging'
import { createClamd, createStoredFiles, migrations as fileMigrations, openStore } from '@dueline/object-store'
import type { StoredFiles } from '@dueline/object-store'
import type { MigrationSource } from '@dueline/postgres'
import type { Poller } from '@dueline/runtime'
import { buildService, directoryService, type BuiltService } from '@dueline/service'
import type { TemplateConfig } from './config.ts'
import { createConversions } from './conversion/conversion-loop.ts'
import { createConverter } from './conversion/converter.ts'
import { fileTypes } from './domain/template-version.ts'
import { errors } from './errors.ts'
import { createAnswerChecks } from './routes/answer-checks.ts'
import { routes } from './routes/index.ts'
import { objectPath } from './routes/template-objects.ts'
import { createQuestions } from './upstreams/questions.ts'

export { ConfigSchema, type Config, type TemplateConfig } from './config.ts'

/** Longest wait for the policy service, while something is written. */
const policyTimeoutMs = 2_000

/** The Postgres schema of the service. */
export const schema = 'template'
/** Everything its schema needs. */
export const migrations: MigrationSource[] = [messagingMigrations, httpMigrations, fileMigrations, {
  name: 'template',
  directory: new URL('../migrations/', import.meta.url)
}]

/** The service with the loops that a test waits on. */
export interface TemplateService extends BuiltService {
  readonly fileLoop: Poller
  readonly conversionLoop: Poller
  readonly files: StoredFiles
}

/** Makes every object of the template service, once. Nothing listens, runs or connects before its caller says so. */
export function buildTemplate (deps: ServiceDeps<TemplateConfig, Bus>): TemplateService {
  const { config, logger, clock, ids, metrics, database } = deps
  const outbox = createOutbox()
  const { store, signer } = openStore(config, { path: objectPath, clock })
  const converter = createConverter({
    timeoutMs: config.CONVERSION_TIMEOUT_MS,
    memoryMb: config.CONVERSION_MEMORY_MB
  })
  const conversions = createConversions({ database, files: () => files, converter, outbox, ids, clock, logger })
  const { CLAMD_HOST: host, CLAMD_PORT: port } = config
  const files = createStoredFiles({
    ...{ database, store, ids, clock, logger, metrics },
    prefix: 'template',
    types: fileTypes,
    scanner: host === undefined ? undefined : createClamd({ host, port }),
    changed: conversions.fileChanged
  })
  const policy = createUpstream({
    name: 'the policy service',
    url: config.SLA_POLICY_URL,
    timeoutMs: policyTimeoutMs,
    logger
  })
  const service = buildService(deps, {
    name: 'template',
    errors,
    people: askedPeople(directoryService(config, logger)),
    consumes: [],
    handlers: {},
    routes,
    routeDeps: {
      ...{ database, clock, ids, outbox, files, store, signer, converter },
      checks: createAnswerChecks(clock),
      questions: createQuestions(policy)
    },
    loops: [...files.loops, conversions.loop]
  })
  return { ...service, fileLoop: files.loops[0], conversionLoop: conversions.loop, files }
}
