import { join } from 'node:path'
import type { Role } from '@dueline/contracts'
import { embeddedTokenSeconds, loadIssuer, type Issuer } from '@dueline/demo'
import type { ServerWatcher } from '@dueline/embedded-postgres'
import type { AuthOptions } from '@dueline/http'
import { startMailCatcher, startMailPage, type MailCatcher } from '@dueline/mail-catcher'
import { orAborted, systemClock, type Environment, type Logger } from '@dueline/runtime'
import { openStackBus } from './bus.ts'
import { prepareDatabase, type PreparedDatabase } from './database.ts'
import { makeFolder } from './folder.ts'
import { prepareGateway } from './gateway.ts'
import { assertFree, choosePorts, portUses } from './ports.ts'
import { apiKeySecret, objectSigningKey, webhookSecretKey } from './secrets.ts'
import { embeddedServices, prepareService, schemaPlans, type BuiltService } from './services.ts'

export interface StackOptions {
  /** Everything the stack keeps lies here. */
  folder: string
  /** The gateway's port; the others follow it (`portUses`). 0 takes free ones. */
  port: number
  /** A Postgres to use instead of the embedded server: URL of a role that may create databases objects and roles. */
  adminUrl?: string
  /** Kafka as the bus instead of the Postgres log: `host:port` of some brokers. */
  kafkaBrokers?: readonly string[]
  /** Origins of front ends that browsers may call it from; none by default. */
  corsOrigins?: readonly string[]
  logger: Logger
  /** No limits on how often one caller may ask: for imports, tests and benchmarks. */
  unlimited?: boolean
  /** Stops the start. */
  signal?: AbortSignal
  /** Hears of the embedded Postgres, which is watched; by default it is started again whenever it has ended. */
  watcher?: ServerWatcher
}

/** A running stack. */
export interface Stack {
  readonly url: string
  readonly mailUrl: string
  readonly mails: MailCatcher
  /** Ids of the processes whose stacks run on the same folder: this one is a replica of theirs. */
  readonly others: readonly number[]
  /** A token of the embedded issuer. */
  token(claims: { tenant: string, personId: string, roles: Role[] }): Promise<string>
  stop(): Promise<void>
}

const poolMax = 8
/** How often free ports are chosen anew. */
const triesMax = 3

/**
 * Starts every service in this process, each listening on loopback as in production, on a real Postgres with the
 * Postgres log or Kafka as bus, a local token issuer and a mail catcher. Several stacks may share one database: they
 * are replicas.
 * @throws StartFault, ServerFault with what to do; the reason of `signal`
 */
export async function startStack (options: StackOptions): Promise<Stack> {
  const { logger } = options
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) {
      await each().catch((error: unknown) => logger.error({ err: error }, 'a part did not stop cleanly'))
    }
  }
  for (let tries = 1;; tries++) {
    try {
      return { ...await startParts(options, stops), stop }
    } catch (error) {
      await stop()
      // A free port is anybody's until something listens on it, which takes seconds.
      const again = options.port === 0 && (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!again || tries === triesMax) throw error
    }
  }
}

async function startParts (options: StackOptions, stops: (() => Promise<void>)[]): Promise<Omit<Stack, 'stop'>> {
  const { folder, logger, signal } = options
  const ports = await choosePorts(options.port, portUses.length)
  if (options.port !== 0) await assertFree(ports, portUses)
  const [gatewayPort = 0, operationsPort = 0, mailPort = 0, smtpPort = 0, ...servicePorts] = ports
  await makeFolder(folder)
  const prepared = await prepareDatabase({
    folder,
    adminUrl: options.adminUrl,
    watcher: options.watcher ?? restartAlways(logger),
    signal,
    logger,
    plans: schemaPlans
  })
  stops.push(() => prepared.stop())
  const issuer = await loadIssuer(folder, systemClock)
  const mails = await startMailCatcher({ folder: join(folder, 'mail'), port: smtpPort })
  stops.push(() => mails.stop())
  const mailPage = await startMailPage({ catcher: mails, port: mailPort })
  stops.push(() => mailPage.stop())

  const { bus, stop: stopBus } = await orAborted(
    openStackBus({ folder, url: prepared.urlOf('bus'), kafkaBrokers: options.kafkaBrokers, logger }),
    signal
  )
  stops.push(stopBus)

  const upstreams = Object.fromEntries(
    embeddedServices.map(({ name }, index) => [name, `http://127.0.0.1:${servicePorts[index]}`])
  )
  const auth = trustIn(issuer)
  const env = await environment({ folder, prepared, issuer, gatewayPort, smtpPort: mails.port, upstreams })
  const parts = { env, poolMax, bus, auth, logger }
  const services = await prepareServices((schema) => ({ ...parts, url: prepared.urlOf(schema) }), stops, signal)
  const { corsOrigins = [], unlimited = false } = options
  const startGateway = await prepareGateway({
    port: gatewayPort,
    operationsPort,
    upstreams,
    env,
    corsOrigins,
    unlimited,
    issuer,
    auth,
    logger
  })
  for (const [index, service] of services.entries()) await orAborted(service.start(servicePorts[index] ?? 0), signal)
  const gateway = await orAborted(startGateway(), signal)
  stops.push(() => gateway.stop())
  return {
    url: gateway.url,
    mailUrl: mailPage.url,
    mails,
    others: prepared.others,
    token: async (claims) => await issuer.token(claims, embeddedTokenSeconds)
  }
}

/**
 * All are compiled before one runs: who has joined its consumer group must renew its lease, and compiling lets nobody
 * else work.
 */
async function prepareServices (
  partsOf: (schema: string) => Parameters<typeof prepareService>[1],
  stops: (() => Promise<void>)[],
  signal?: AbortSignal
): Promise<BuiltService[]> {
  const services: BuiltService[] = []
  for (const service of embeddedServices) {
    const built = await prepareService(service, partsOf(service.schema))
    services.push(built)
    stops.push(() => built.stop())
    signal?.throwIfAborted()
  }
  return services
}

function restartAlways (logger: Logger): ServerWatcher {
  return {
    ended: () => true,
    restarted: (awayMs) => logger.warn({ awayMs }, 'Postgres had ended and was started again'),
    failed: (fault) => logger.fatal({ err: fault }, 'Postgres is lost')
  }
}

/** Its tokens name our tenants, and people by id or external id. */
function trustIn ({ issuer, jwks, audience }: Issuer): AuthOptions {
  const person = { ids: true, externalIds: true }
  return { issuers: [{ issuer, jwks, audiences: [audience], tenant: { claim: 'tenant' }, person }] }
}

/** One environment for all: each service reads the keys it knows. */
async function environment (
  { folder, prepared, issuer, gatewayPort, smtpPort, upstreams }: {
    folder: string,
    prepared: PreparedDatabase,
    issuer: Issuer,
    gatewayPort: number,
    smtpPort: number,
    upstreams: Record<string, string>
  }
): Promise<Environment> {
  return {
    DATABASE_POOL_MAX: String(poolMax),
    BUS_DATABASE_URL: prepared.urlOf('bus'),
    AUTH_ISSUER: issuer.issuer,
    AUTH_AUDIENCE: issuer.audience,
    AUTH_JWKS_URL: `${issuer.issuer}/.well-known/jwks.json`,
    // `TICKET_URL`, `SLA_POLICY_URL`, …: where each service finds the others
    ...Object.fromEntries(
      Object.entries(upstreams).map(([name, url]) => [`${name.replaceAll('-', '_').toUpperCase()}_URL`, url])
    ),
    SMTP_URL: `smtp://127.0.0.1:${smtpPort}?ignoreTLS=true`,
    MAIL_FROM: 'Dueline <no-reply@embedded.dueline.dev>',
    API_KEY_SECRET: await apiKeySecret(folder),
    OBJECT_FOLDER: join(folder, 'objects'),
    OBJECT_URL: `http://127.0.0.1:${gatewayPort}`,
    OBJECT_SIGNING_KEY: await objectSigningKey(folder),
    WEBHOOK_SECRET_KEY: await webhookSecretKey(folder),
    WEBHOOK_ALLOW_PRIVATE: 'true',
    WEBHOOK_ALLOW_HTTP: 'true'
  }
}
