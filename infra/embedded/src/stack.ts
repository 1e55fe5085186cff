import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Role } from '@dueline/contracts'
import { runService, type AuthOptions, type RunningService } from '@dueline/http'
import { busMigrations, type Bus } from '@dueline/messaging'
import { createDatabase, type Database } from '@dueline/postgres'
import { createMetrics, loadConfig, systemClock, systemIds, type Environment, type Logger } from '@dueline/runtime'
import { buildGateway, ConfigSchema as GatewayConfigSchema } from '@dueline/service-gateway'
import { openStackBus } from './bus.ts'
import { prepareDatabase, type PreparedDatabase } from './database.ts'
import { loadIssuer, type Issuer } from '@dueline/demo'
import { startMailCatcher, type MailCatcher } from './mail-catcher.ts'
import { startMailPage } from './mail-page.ts'
import { choosePorts } from './ports.ts'
import { webhookSecretKey } from './secrets.ts'
import { embeddedServices } from './services.ts'

export interface StackOptions {
  /** Everything the stack keeps lies here. */
  folder: string
  /** The gateway's port; the services follow it. 0 takes free ones. */
  port: number
  /** A Postgres to use instead of the embedded server: URL of a role that may create databases objects and roles. */
  adminUrl?: string
  /** Kafka as the bus instead of the Postgres log: `host:port` of some brokers. */
  kafkaBrokers?: readonly string[]
  logger: Logger
  /** No limits on how often one caller may ask: for imports, tests and benchmarks. */
  unlimited?: boolean
}

/** A running stack. */
export interface Stack {
  readonly url: string
  readonly mailUrl: string
  readonly mails: MailCatcher
  /** A token of the embedded issuer. */
  token (claims: { tenant: string, personId: string, roles: Role[] }): Promise<string>
  stop (): Promise<void>
}

const documentFolder = new URL('../../../openapi/', import.meta.url)
const tokenLifetimeSeconds = 7 * 86_400
const poolMax = '8'

/**
 * Starts every service in this process, each listening on loopback as in production, on a real Postgres with the
 * Postgres log or Kafka as bus, a local token issuer and a mail catcher. Several stacks may share one database: they are replicas.
 */
export async function startStack (options: StackOptions): Promise<Stack> {
  const { folder, logger } = options
  await mkdir(folder, { recursive: true })
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each().catch((error: unknown) => logger.error({ err: error }, 'a part did not stop cleanly'))
  }
  try {
    const [gatewayPort = 0, operationsPort = 0, mailPort = 0, smtpPort = 0, ...servicePorts] = await choosePorts(options.port, 4 + embeddedServices.length)
    const prepared = await prepareDatabase({
      folder,
      adminUrl: options.adminUrl,
      logger,
      plans: [{ schema: 'bus', sources: [busMigrations] }, ...embeddedServices.map(({ schema, migrations }) => ({ schema, sources: migrations }))]
    })
    stops.push(() => prepared.stop())
    const issuer = await loadIssuer(folder, systemClock)
    const mails = await startMailCatcher({ folder: join(folder, 'mail'), port: smtpPort })
    stops.push(() => mails.stop())
    const mailPage = await startMailPage({ catcher: mails, port: mailPort })
    stops.push(() => mailPage.stop())

    const { bus, stop: stopBus } = await openStackBus({ folder, url: prepared.urlOf('bus'), kafkaBrokers: options.kafkaBrokers, logger })
    stops.push(stopBus)

    const upstreams = Object.fromEntries(embeddedServices.map(({ name }, index) => [name, `http://127.0.0.1:${servicePorts[index]}`]))
    const auth: AuthOptions = { issuer: issuer.issuer, audience: issuer.audience, jwks: issuer.jwks }
    const env = await environment({ folder, prepared, issuer, smtpPort: mails.port, upstreams })
    for (const [index, service] of embeddedServices.entries()) {
      const started = await startService(service, servicePorts[index] ?? 0, { env: { ...env, DATABASE_URL: prepared.urlOf(service.schema) }, bus, auth, logger })
      stops.push(started)
    }
    const gateway = await startGateway({ port: gatewayPort, operationsPort, upstreams, issuer, auth, logger, unlimited: options.unlimited === true })
    stops.push(() => gateway.stop())
    return { url: gateway.url, mailUrl: mailPage.url, mails, token: (claims) => issuer.token(claims, tokenLifetimeSeconds), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** One environment for all: each service reads the keys it knows. */
async function environment ({ folder, prepared, issuer, smtpPort, upstreams }: { folder: string, prepared: PreparedDatabase, issuer: Issuer, smtpPort: number, upstreams: Record<string, string> }): Promise<Environment> {
  return {
    DATABASE_POOL_MAX: poolMax,
    BUS_DATABASE_URL: prepared.urlOf('bus'),
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
    AUTH_JWKS_URL: `${issuer.issuer}/.well-known/jwks.json`,
    ...urlVariables(upstreams),
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}?pool=true&ignoreTLS=true`,
    MAIL_FROM: 'Dueline <no-reply@embedded.dueline.dev>',
    WEBHOOK_SECRET_KEY: await webhookSecretKey(folder),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WEBHOOK_ALLOW_HTTP: 'true'
  }
}

/** `TICKET_URL`, `SLA_POLICY_URL`, …: where each service finds the others. */
function urlVariables (upstreams: Record<string, string>): Environment {
  return Object.fromEntries(Object.entries(upstreams).map(([name, url]) => [`${name.replaceAll('-', '_').toUpperCase()}_URL`, url]))
}

async function startService (service: typeof embeddedServices[number], port: number, { env, bus, auth, logger }: { env: Environment, bus: Bus, auth: AuthOptions, logger: Logger }): Promise<() => Promise<void>> {
  const { name, schema } = service
  const serviceLogger = logger.child({ service: name })
  const metrics = createMetrics(name)
  const pool = { poolMax: Number(poolMax), applicationName: `dueline-${name}`, logger: serviceLogger, metrics }
  const database: Database = createDatabase({ url: env['DATABASE_URL'] ?? '', schema, ...pool })
  const ports = { clock: systemClock, ids: systemIds }
  const built = service.build({ logger: serviceLogger, ...ports, metrics, database, bus, auth }, env)
  const running = await runService(built, { host: '127.0.0.1', port, logger: serviceLogger })
  return async () => {
    await running.stop()
    await database.close()
  }
}

async function startGateway ({ port, operationsPort, upstreams, issuer, auth, logger, unlimited }: { port: number, operationsPort: number, upstreams: Record<string, string>, issuer: Issuer, auth: AuthOptions, logger: Logger, unlimited: boolean }): Promise<RunningService> {
  const read = async (file: string): Promise<never> => JSON.parse(await readFile(new URL(file, documentFolder), 'utf8')) as never
  const config = loadConfig(GatewayConfigSchema, {
    PORT: String(port),
    OPERATIONS_PORT: String(operationsPort),
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
    AUTH_JWKS_URL: `${issuer.issuer}/.well-known/jwks.json`,
    ...urlVariables(upstreams),
    ...(unlimited ? { RATE_PER_ADDRESS: '0', RATE_PER_CALLER: '0' } : {})
  })
  const gatewayLogger = logger.child({ service: 'gateway' })
  const gateway = buildGateway({
    config,
    logger: gatewayLogger,
    metrics: createMetrics('gateway', { processMetrics: true }),
    clock: systemClock,
    ids: systemIds,
    auth,
    upstreams,
    document: await read('gateway.json'),
    asyncapi: await read('asyncapi.json')
  })
  // Only here: production tokens come from an issuer that publishes its own keys.
  gateway.http.get('/.well-known/jwks.json', { schema: { hide: true } }, async () => issuer.jwks)
  return await runService(gateway, { host: '127.0.0.1', port, logger: gatewayLogger })
}
