import { topicPlans } from '@dueline/contracts'
import { applyTopicPlans } from '@dueline/messaging/kafka'
import { ConfigError, createLogger, loadConfigOrExit } from '@dueline/runtime'
import { kafkaConnection, runMain, whenAvailable } from '@dueline/service'
import { ConfigSchema } from './config.ts'

const name = 'kafka-topics'
const config = loadConfigOrExit(ConfigSchema, process, { name })
const logger = createLogger({ service: name, level: config.LOG_LEVEL })
const replicas = config.KAFKA_REPLICATION_FACTOR
const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

await runMain({ process, name, logger }, async (main) => {
  const prepare = async () =>
    await applyTopicPlans(kafkaConnection(config), topicPlans, {
      logger,
      ...(replicas === undefined ? {} : { replicas })
    })
  const { created, drift, faults } = await whenAvailable(main, 'KAFKA_BROKERS', prepare, {
    waitMs: config.WAIT_SECONDS * 1_000
  })
  for (const topic of created) print(`created ${topic}`)
  for (const difference of drift) print(`differs ${difference}`)
  if (drift.length > 0) logger.warn({ drift }, 'topics differ from their plans; nothing was changed')
  if (faults.length > 0) throw new ConfigError(faults)
  print(`${topicPlans.length} topics are there, ${created.length} of them new`)
  process.exit(0)
})
