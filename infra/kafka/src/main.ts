import { setTimeout as pause } from 'node:timers/promises'
import { topicPlans } from '@dueline/contracts'
import { BusError } from '@dueline/messaging'
import { applyTopicPlans, type TopicReport } from '@dueline/messaging/kafka'
import { backoff, createLogger, exitCodeOfConfigError, loadConfigOrExit } from '@dueline/runtime'
import { kafkaConnection } from '@dueline/service'
import { ConfigSchema } from './config.ts'

const config = loadConfigOrExit(ConfigSchema, process, 'kafka-topics')
const logger = createLogger({ service: 'kafka-topics', level: config.LOG_LEVEL })
const replicas = config.KAFKA_REPLICATION_FACTOR
const waits = backoff({ initialMs: 250, maxMs: 5_000 })
const endMs = performance.now() + config.WAIT_SECONDS * 1_000

report(await apply())

/** Waits for brokers that are away; mistakes end the process at once. */
async function apply (): Promise<TopicReport> {
  for (let failures = 1; ; failures++) {
    try {
      return await applyTopicPlans(kafkaConnection(config), topicPlans, { logger, ...(replicas === undefined ? {} : { replicas }) })
    } catch (error) {
      if (!(error instanceof BusError)) throw error
      const isMistake = error.kind === 'fatal'
      if (isMistake || performance.now() > endMs) stop(error.message, isMistake ? exitCodeOfConfigError : 1)
      logger.warn({ err: error, failures }, 'Kafka is away')
      if (failures === 1) process.stderr.write(`kafka-topics: ${error.message}; waiting for it\n`)
      await pause(waits.nextMs(failures))
    }
  }
}

function report ({ created, drift, faults }: TopicReport): void {
  const print = (line: string): void => { process.stdout.write(`${line}\n`) }
  for (const topic of created) print(`created ${topic}`)
  for (const difference of drift) print(`differs ${difference}`)
  if (drift.length > 0) logger.warn({ drift }, 'topics differ from their plans; nothing was changed')
  if (faults.length > 0) stop(faults.join('; '), exitCodeOfConfigError)
  print(`${topicPlans.length} topics are there, ${created.length} of them new`)
}

function stop (message: string, code: number): never {
  process.stderr.write(`kafka-topics: ${message}\n`)
  logger.fatal({ reason: message }, 'the topics could not be prepared')
  process.exit(code)
}
