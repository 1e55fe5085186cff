import { readFileSync } from 'node:fs'
import { ConfigError, createLogger, createMetrics, loadConfigOrExit, systemClock, systemIds } from '@dueline/runtime'
import { authOptions, listen, runMain } from '@dueline/service'
import { buildGateway, ConfigSchema, upstreamsOf } from './app.ts'

const config = loadConfigOrExit(ConfigSchema, process, 'gateway')
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL })

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
