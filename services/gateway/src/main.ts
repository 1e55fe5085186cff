import { readFileSync } from 'node:fs'
import { cautionsOf, ConfigError, createLogger, createMetrics } from '@dueline/runtime'
import { loadConfigOrExit, systemClock, systemIds } from '@dueline/runtime'
import { authOptions, listen, runMain } from '@dueline/service'
import { buildGateway, ConfigSchema, upstreamsOf } from './app.ts'

const config = loadConfigOrExit(ConfigSchema, process, { name: 'gateway' })
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL })
for (const caution of cautionsOf(ConfigSchema, config)) logger.warn(caution)

await runMain({ process, name: 'gateway', logger }, async (main) => {
  const gateway = buildGateway({
    config,
    logger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics('gateway', { processMetrics: true }),
    auth: authOptions(config),
    upstreams: upstreamsOf(config),
    document: readDocument('OPENAPI_FILE'),
    asyncapi: readDocument('ASYNCAPI_FILE')
  })
  await listen(main, gateway, config)
})

function readDocument (key: 'OPENAPI_FILE' | 'ASYNCAPI_FILE'): never {
  const file = config[key]
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as never
  } catch (error) {
    throw new ConfigError([`${key} names ${file}, which cannot be read as JSON: ${(error as Error).message}`])
  }
}
