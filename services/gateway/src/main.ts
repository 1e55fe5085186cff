import { readFileSync } from 'node:fs'
import { runService } from '@dueline/http'
import { createLogger, createMetrics, loadConfigOrExit, systemClock, systemIds } from '@dueline/runtime'
import { authOptions, stopOnSignal } from '@dueline/service'
import { buildGateway, ConfigSchema, upstreamsOf } from './app.ts'

const config = loadConfigOrExit(ConfigSchema, process)
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL })

const gateway = buildGateway({
  config,
  logger,
  clock: systemClock,
  ids: systemIds,
  metrics: createMetrics('gateway', { processMetrics: true }),
  auth: authOptions(config),
  upstreams: upstreamsOf(config),
  document: JSON.parse(readFileSync(config.OPENAPI_FILE, 'utf8')),
  asyncapi: JSON.parse(readFileSync(config.ASYNCAPI_FILE, 'utf8'))
})
const running = await runService(gateway, { host: config.HOST, port: config.PORT, logger })
stopOnSignal(logger, async () => await running.stop())
