import { partitionCount, topicPlans, topics } from '@dueline/contracts'
import { createPgLogBus, type Bus } from '@dueline/messaging'
import { createDatabase } from '@dueline/postgres'
import type { Logger } from '@dueline/runtime'
import { kafkaPrefix } from './secrets.ts'

export interface StackBus {
  bus: Bus
  stop(): Promise<void>
}
interface BusOptions {
  folder: string
  url: string
  kafkaBrokers: readonly string[] | undefined
  logger: Logger
}

/**
 * The bus that all services of a stack share: the Postgres log at `url`, or Kafka under a prefix that belongs to the
 * stack's folder.
 */
export async function openStackBus ({ folder, url, kafkaBrokers, logger }: BusOptions): Promise<StackBus> {
  if (kafkaBrokers !== undefined) {
    // Only then: its client takes a while to load.
    const { applyTopicPlans, createKafkaBus } = await import('@dueline/messaging/kafka')
    const connection = { brokers: kafkaBrokers, prefix: await kafkaPrefix(folder) }
    await applyTopicPlans(connection, topicPlans, { logger })
    const bus = createKafkaBus({ ...connection, logger })
    return { bus, stop: async () => await bus.close() }
  }
  const database = createDatabase({ url, schema: 'bus', poolMax: 6, applicationName: 'dueline-bus', logger })
  const bus = createPgLogBus({ pool: database.pool, logger })
  await bus.ensureTopics(Object.values(topics).map((topic) => ({ topic, partitions: partitionCount })))
  return {
    bus,
    stop: async () => {
      await bus.close()
      await database.close()
    }
  }
}
