import { serviceNames, type ServiceName } from '@dueline/contracts'
import { compileService, runService, type AuthOptions, type Service, type ServiceDeps } from '@dueline/http'
import { busMigrations, type Bus } from '@dueline/messaging'
import { createDatabase, type MigrationSource } from '@dueline/postgres'
import { createMetrics, loadConfig, systemClock, systemIds, type Environment, type Logger } from '@dueline/runtime'
import * as clock from '@dueline/service-clock'
import * as directory from '@dueline/service-directory'
import * as escalation from '@dueline/service-escalation'
import * as notification from '@dueline/service-notification'
import * as slaPolicy from '@dueline/service-sla-policy'
import * as template from '@dueline/service-template'
import * as ticket from '@dueline/service-ticket'
import type { SchemaPlan } from './database.ts'

/** Builds a service from an environment, as its own `main.ts` would. */
interface EmbeddedService {
  name: ServiceName
  schema: string
  migrations: readonly MigrationSource[]
  build(deps: Omit<ServiceDeps<never, Bus>, 'config'>, env: Environment): Service
}

const builders: Record<ServiceName, Omit<EmbeddedService, 'name'>> = {
  ticket: {
    schema: ticket.schema,
    migrations: ticket.migrations,
    build: (deps, env) => ticket.buildTicket({ ...deps, config: loadConfig(ticket.ConfigSchema, env) })
  },
  'sla-policy': {
    schema: slaPolicy.schema,
    migrations: slaPolicy.migrations,
    build: (deps, env) => slaPolicy.buildSlaPolicy({ ...deps, config: loadConfig(slaPolicy.ConfigSchema, env) })
  },
  clock: {
    schema: clock.schema,
    migrations: clock.migrations,
    build: (deps, env) => clock.buildClock({ ...deps, config: loadConfig(clock.ConfigSchema, env) })
  },
  escalation: {
    schema: escalation.schema,
    migrations: escalation.migrations,
    build: (deps, env) => escalation.buildEscalation({ ...deps, config: loadConfig(escalation.ConfigSchema, env) })
  },
  notification: {
    schema: notification.schema,
    migrations: notification.migrations,
    build: (deps, env) =>
      notification.buildNotification({ ...deps, config: loadConfig(notification.ConfigSchema, env) })
  },
  directory: {
    schema: directory.schema,
    migrations: directory.migrations,
    build: (deps, env) => directory.buildDirectory({ ...deps, config: loadConfig(directory.ConfigSchema, env) })
  },
  template: {
    schema: template.schema,
    migrations: template.migrations,
    build: (deps, env) => template.buildTemplate({ ...deps, config: loadConfig(template.ConfigSchema, env) })
  }
}

export const embeddedServices: readonly EmbeddedService[] = serviceNames.map((name) => ({ name, ...builders[name] }))

/** The schemas of a stack's database: that of the log, and one of each service. */
export const schemaPlans: readonly SchemaPlan[] = [
  { schema: 'bus', sources: [busMigrations] },
  ...embeddedServices.map(({ schema, migrations }) => ({ schema, sources: migrations }))
]

/** A service that is ready to run. */
export interface BuiltService {
  start(port: number): Promise<void>
  stop(): Promise<void>
}

export interface BuildOptions {
  env: Environment
  url: string
  poolMax: number
  bus: Bus
  auth: AuthOptions
  logger: Logger
}

/** Builds and compiles a service with a pool of its own; nothing connects, runs or listens yet. */
export async function prepareService (
  { name, schema, build }: EmbeddedService,
  { env, url, poolMax, bus, auth, logger }: BuildOptions
): Promise<BuiltService> {
  const own = logger.child({ service: name })
  const metrics = createMetrics(name)
  const database = createDatabase({ url, schema, poolMax, applicationName: `dueline-${name}`, logger: own, metrics })
  const service = build({ logger: own, clock: systemClock, ids: systemIds, metrics, database, bus, auth }, {
    ...env,
    DATABASE_URL: url
  })
  await compileService(service)
  let stopService = async (): Promise<void> => await service.http.close()
  return {
    async start (port) {
      const running = await runService(service, { host: '127.0.0.1', port, logger: own })
      stopService = async () => await running.stop()
    },
    async stop () {
      await stopService()
      await database.close()
    }
  }
}
