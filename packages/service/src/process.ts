import { setTimeout as pause } from 'node:timers/promises'
import { runService, type AuthOptions, type Service, type ServiceDeps } from '@dueline/http'
import { BusError, type Bus } from '@dueline/messaging'
import { createDatabase, migrate, type MigrationSource } from '@dueline/postgres'
import { backoff, createLogger, createMetrics, exitCodeOfConfigError, loadConfigOrExit, systemClock, systemIds, type Logger } from '@dueline/runtime'
import closeWithGrace from 'close-with-grace'
import type { Static, TObject } from 'typebox'
import { createBus, prepareTopics } from './bus-choice.ts'
import type { ServiceConfig } from './config.ts'

/** What makes one service different from another, as its `main.ts` says it. */
export interface ServiceProcess<C extends ServiceConfig> {
  name: string
  schema: string
  migrations: readonly MigrationSource[]
  build (deps: ServiceDeps<C, Bus>): Service
}

/** A stop that takes longer is cut: orchestrators kill soon after. */
const stopGraceMs = 10_000

/**
 * Runs a service as a process of its own: configuration from the environment (or exit code 78 with every fault),
 * migrations, loops and HTTP, until SIGTERM or SIGINT. `--check-config` and `--print-config` end it early.
 */
export async function runServiceProcess<T extends TObject> (process: NodeJS.Process, configSchema: T, service: ServiceProcess<Static<T> & ServiceConfig>): Promise<void> {
  const config = loadConfigOrExit(configSchema, process) as Static<T> & ServiceConfig
  const logger = createLogger({ service: service.name, level: config.LOG_LEVEL })
  await migrate({ url: config.DATABASE_URL, schema: service.schema, sources: service.migrations, logger })
  const database = createDatabase({ url: config.DATABASE_URL, schema: service.schema, poolMax: config.DATABASE_POOL_MAX, applicationName: `dueline-${service.name}`, logger })
  const bus = createBus(config, logger)
  await waitForTopics(process, service.name, logger, async () => await prepareTopics(bus, config))
  const metrics = createMetrics(service.name, { processMetrics: true })
  const built = service.build({ config, logger, clock: systemClock, ids: systemIds, metrics, database, bus, auth: authOptions(config) })
  const running = await runService(built, { host: config.HOST, port: config.PORT, logger })
  stopOnSignal(logger, async () => {
    await running.stop(stopGraceMs)
    await bus.close()
    await database.close()
  })
}

/** Waits for a bus that is away; a mistake ends the process with exit code 78. */
async function waitForTopics (process: NodeJS.Process, name: string, logger: Logger, attempt: () => Promise<void>): Promise<void> {
  const waits = backoff({ initialMs: 250, maxMs: 10_000 })
  for (let failures = 1; ; failures++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof BusError)) throw error
      if (error.kind === 'fatal') {
        process.stderr.write(`${name}: cannot start: ${error.message}\n`)
        logger.fatal({ err: error }, 'the bus refuses this program')
        process.exit(exitCodeOfConfigError)
      }
      const retryMs = waits.nextMs(failures)
      if (failures === 1) process.stderr.write(`${name}: ${error.message}; waiting for it\n`)
      logger.warn({ err: error, retryMs, failures }, 'the bus is away')
      await pause(retryMs)
    }
  }
}

/** Which tokens a service accepts, from its configuration. */
export function authOptions (config: Pick<ServiceConfig, 'AUTH_ISSUER' | 'AUTH_AUDIENCE' | 'AUTH_JWKS_URL' | 'AUTH_TENANT_CLAIM' | 'AUTH_PERSON_CLAIM' | 'AUTH_ROLES_CLAIM'>): AuthOptions {
  return {
    issuer: config.AUTH_ISSUER,
    audience: config.AUTH_AUDIENCE,
    jwksUrl: config.AUTH_JWKS_URL,
    tenantClaim: config.AUTH_TENANT_CLAIM,
    personClaim: config.AUTH_PERSON_CLAIM,
    rolesClaim: config.AUTH_ROLES_CLAIM
  }
}

/** Stops in order on SIGTERM and SIGINT; an error that nobody caught is logged and stops it too. */
export function stopOnSignal (logger: Logger, stop: () => Promise<void>): void {
  closeWithGrace({ delay: stopGraceMs + 2_000, logger }, async ({ err, signal }) => {
    if (err !== undefined) logger.fatal({ err }, 'stopping because of an error that nobody caught')
    else logger.info({ signal }, 'stopping')
    await stop()
  })
}
