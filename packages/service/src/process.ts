import { runService, type Service, type ServiceDeps } from '@dueline/http'
import type { Bus } from '@dueline/messaging'
import { createDatabase, migrate, type MigrationSource } from '@dueline/postgres'
import { cautionsOf, createLogger, createMetrics, loadConfigOrExit, systemClock, systemIds } from '@dueline/runtime'
import { Type, type Static, type TObject } from 'typebox'
import { busKeys, busOfJob } from './bus-choice.ts'
import { migrateBus, openBus } from './bus.ts'
import { authOptions, serviceConfig, type ServiceConfig } from './config.ts'
import { assertSchema, runMain, whenAvailable, type Main } from './start.ts'

/** What makes one service different from another, as its `main.ts` says it. */
export interface ServiceProcess<C extends ServiceConfig> {
  name: string
  schema: string
  migrations: readonly MigrationSource[]
  build(deps: ServiceDeps<C, Bus>): Service
}

/** What the job needs of a service. */
type Migrated = Pick<ServiceProcess<never>, 'name' | 'schema' | 'migrations'>

const options = { '--migrate': 'bring the schema up to date under the role that owns it, and end' }

/**
 * Runs a service as a process of its own: configuration from the environment (or exit code 78 with every mistake), a
 * look at the schema, loops and HTTP, until SIGTERM or SIGINT. `--check-config` and `--print-config` end it early; with
 * `--migrate` it is the job that brings its schema up to date and ends.
 */
export async function runServiceProcess<T extends TObject> (
  process: NodeJS.Process,
  configSchema: T,
  service: ServiceProcess<Static<T> & ServiceConfig>
): Promise<void> {
  if (process.argv.includes('--migrate')) return await migrateProcess(process, service)
  const { name, schema, migrations } = service
  const config = loadConfigOrExit(configSchema, process, { name, options }) as Static<T> & ServiceConfig
  const logger = createLogger({ service: name, level: config.LOG_LEVEL })
  for (const caution of cautionsOf(configSchema, config)) logger.warn(caution)
  await runMain({ process, name, logger }, async (main) => {
    await assertSchema(main, { key: 'DATABASE_URL', url: config.DATABASE_URL, schema, sources: migrations })
    const metrics = createMetrics(name, { processMetrics: true })
    const pool = { poolMax: config.DATABASE_POOL_MAX, applicationName: `dueline-${name}`, logger, metrics }
    const database = createDatabase({ url: config.DATABASE_URL, schema, ...pool })
    main.stops.push(() => database.close())
    const bus = await openBus(main, config)
    const built = service.build({
      config,
      logger,
      clock: systemClock,
      ids: systemIds,
      metrics,
      database,
      bus,
      auth: authOptions(config)
    })
    await listen(main, built, config)
  })
}

/** The keys of the job; its role owns the schemas, which the service's own does not. */
function migrationConfig () {
  const { LOG_LEVEL, DATABASE_URL } = serviceConfig({ port: 0 })
  return Type.Object({ LOG_LEVEL, DATABASE_URL, BUS: busOfJob, BUS_DATABASE_URL: busKeys.BUS_DATABASE_URL })
}

type MigrationConfig = Static<ReturnType<typeof migrationConfig>>

/**
 * Where the job makes the event log: in its own database under its own role, which owns that schema too. Only a log in
 * another database needs an address of its own, with a role that owns the schema there; that of the services in the
 * same database, which comes along in a shared environment, may not.
 */
export function busOwnerOf (
  { DATABASE_URL: own, BUS_DATABASE_URL: bus = own }: MigrationConfig
): { key: string, url: string } {
  const [a, b] = [new URL(own), new URL(bus)]
  const isSame = a.hostname === b.hostname && (a.port || '5432') === (b.port || '5432') && a.pathname === b.pathname
  return isSame ? { key: 'DATABASE_URL', url: own } : { key: 'BUS_DATABASE_URL', url: bus }
}

async function migrateProcess (
  process: NodeJS.Process,
  { name, schema, migrations: sources }: Migrated
): Promise<void> {
  const config = loadConfigOrExit(migrationConfig(), process, { name, options })
  const logger = createLogger({ service: name, level: config.LOG_LEVEL })
  await runMain({ process, name, logger }, async (main) => {
    const url = config.DATABASE_URL
    const { applied } = await whenAvailable(
      main,
      'DATABASE_URL',
      async () => await migrate({ url, schema, sources, logger })
    )
    if (config.BUS === 'postgres') await migrateBus(main, busOwnerOf(config))
    const log = config.BUS === 'postgres' ? '; so is the event log' : ''
    process.stdout.write(
      `${name}: the schema "${schema}" is up to date, ${applied.length} migrations were applied now${log}\n`
    )
    process.exit(0)
  })
}

/** For requests that are running; the rest of the ten seconds is for loops and connections. */
const requestGraceMs = 7_000

/** Starts a built service and lets it end with the process. */
export async function listen (
  main: Main,
  service: Service,
  { HOST: host, PORT: port }: Pick<ServiceConfig, 'HOST' | 'PORT'>
): Promise<void> {
  const running = await runService(service, { host, port, logger: main.logger })
  main.stops.push(async () => await running.stop(requestGraceMs))
}
