import { readFile } from 'node:fs/promises'
import { compileService, runService, type AuthOptions, type ReadyCheck } from '@dueline/http'
import { createMetrics, loadConfig, systemClock, systemIds, type Environment, type Logger } from '@dueline/runtime'
import { buildGateway, ConfigSchema } from '@dueline/service-gateway'
import type { Issuer } from '@dueline/demo'

const documentFolder = new URL('../../../openapi/', import.meta.url)
/** Below what a prober of the gateway itself is given. */
const readyMsMax = 1_500

export interface GatewayOptions {
  port: number
  operationsPort: number
  upstreams: Readonly<Record<string, string>>
  env: Environment
  corsOrigins: readonly string[]
  /** No limits on how often one caller may ask. */
  unlimited: boolean
  issuer: Issuer
  auth: AuthOptions
  logger: Logger
}

/** Builds and compiles the gateway. @returns starts it; what it resolves with stops it */
export async function prepareGateway (
  options: GatewayOptions
): Promise<() => Promise<{ url: string, stop(): Promise<void> }>> {
  const { port, operationsPort, upstreams, env, corsOrigins, unlimited, issuer, auth, logger } = options
  const own = logger.child({ service: 'gateway' })
  const gateway = buildGateway({
    config: loadConfig(ConfigSchema, {
      ...env,
      PORT: String(port),
      OPERATIONS_PORT: String(operationsPort),
      CORS_ORIGINS: corsOrigins.join(','),
      ...(unlimited ? { RATE_PER_ADDRESS: '0', RATE_PER_CALLER: '0' } : {})
    }),
    logger: own,
    metrics: createMetrics('gateway', { processMetrics: true }),
    clock: systemClock,
    ids: systemIds,
    auth,
    upstreams,
    document: await readDocument('gateway.json'),
    asyncapi: await readDocument('asyncapi.json'),
    ready: async () => await Promise.all(Object.entries(upstreams).map(readinessOf))
  })
  // Only here: production tokens come from an issuer that publishes its own keys.
  gateway.http.get('/.well-known/jwks.json', { schema: { hide: true } }, async () => issuer.jwks)
  await compileService(gateway)
  return async () => await runService(gateway, { host: '127.0.0.1', port, logger: own })
}

async function readDocument (file: string): Promise<never> {
  return JSON.parse(await readFile(new URL(file, documentFolder), 'utf8')) as never
}

/** The first of a service's checks that fails. */
async function readinessOf ([name, url]: [string, string]): Promise<ReadyCheck> {
  try {
    const response = await fetch(`${url}/health/ready`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(readyMsMax)
    })
    if (response.ok) return { name, ok: true }
    const { checks } = await response.json() as { checks: ReadyCheck[] }
    const failing = checks.find(({ ok }) => !ok)
    return { name, ok: false, detail: `${failing?.name}: ${failing?.detail ?? 'not ready'}` }
  } catch (error) {
    return { name, ok: false, detail: (error as Error).message }
  }
}
