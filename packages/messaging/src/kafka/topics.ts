import type { TopicPlan } from '@dueline/contracts'
import type { Logger } from '@dueline/runtime'
import kafkajs, { type Admin } from 'kafkajs'
import { KafkaAdmin } from './admin.ts'
import { createTopics, leadersOf } from './create-topics.ts'
import type { KafkaConnection } from './options.ts'

/** What was done about topics, and what differs from the plans: `topic: setting is x, planned y`. */
export interface TopicReport {
  created: string[]
  /** Settings that somebody chose otherwise: nothing is changed. */
  drift: string[]
  /** What keeps the services from starting or reading: too few partitions, a compression that they cannot undo. */
  faults: string[]
}

/**
 * Creates the topics that are missing, and compares the others with their plans. Changes nothing that exists: adding
 * partitions would break the order per key, and a retention may have been chosen on purpose.
 * @param replicas of new topics; the cluster's default when left out
 * @throws BusError 'fatal' for missing rights and other mistakes, 'retriable' while the brokers are away
 */
export async function applyTopicPlans (
  connection: KafkaConnection,
  plans: readonly TopicPlan[],
  { replicas, logger }: { replicas?: number, logger: Logger }
): Promise<TopicReport> {
  const admin = new KafkaAdmin(connection, logger)
  const named = plans.map((plan) => ({ ...plan, topic: `${connection.prefix ?? ''}${plan.topic}` }))
  try {
    return await admin.ask('prepare topics', async (client) => {
      const existing = new Set(await client.listTopics())
      const missing = named.filter(({ topic }) => !existing.has(topic))
      if (missing.length > 0) {
        await createTopics(
          client,
          missing.map(({ topic, partitions, settings }) => ({
            topic,
            numPartitions: partitions,
            ...(replicas === undefined ? {} : { replicationFactor: replicas }),
            configEntries: Object.entries(settings).map(([name, value]) => ({ name, value }))
          }))
        )
      }
      // another one may have made them a moment ago
      await leadersOf(client, named.map(({ topic }) => topic))
      return {
        created: missing.map(({ topic }) => topic),
        ...await compare(client, named.filter(({ topic }) => existing.has(topic)))
      }
    })
  } finally {
    await admin.close()
  }
}

/** Deletes planned topics with all they hold. @throws BusError */
export async function dropTopics (
  connection: KafkaConnection,
  plans: readonly TopicPlan[],
  logger: Logger
): Promise<void> {
  const admin = new KafkaAdmin(connection, logger)
  try {
    await admin.ask(
      'delete topics',
      async (client) =>
        await client.deleteTopics({ topics: plans.map(({ topic }) => `${connection.prefix ?? ''}${topic}`) })
    )
  } finally {
    await admin.close()
  }
}

/**
 * Compressions that a broker can be told to use and the client cannot undo; see `zstd.ts` for the one that it has
 * learned.
 */
const unreadable = new Set(['lz4', 'snappy'])

function compressionFault (topic: string, value: string): string {
  return `${topic}: compression.type is ${value}, which the services cannot read: ` +
    `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config compression.type=producer`
}

async function compare (client: Admin, plans: readonly TopicPlan[]): Promise<Pick<TopicReport, 'drift' | 'faults'>> {
  const drift: string[] = []
  const faults: string[] = []
  if (plans.length === 0) return { drift, faults }
  const { topics } = await client.fetchTopicMetadata({ topics: plans.map(({ topic }) => topic) })
  const { resources } = await client.describeConfigs({
    includeSynonyms: false,
    resources: plans.map(({ topic, settings }) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: topic,
      configNames: Object.keys(settings)
    }))
  })
  for (const { topic, partitions, settings } of plans) {
    const found = topics.find(({ name }) => name === topic)?.partitions.length ?? 0
    if (found < partitions) {
      faults.push(
        `${topic}: ${found} partitions, at least ${partitions} are needed: ` +
          'delete it while it is empty and run this again'
      )
    } else if (found > partitions) drift.push(`${topic}: ${found} partitions, planned ${partitions}`)
    const entries = resources.find(({ resourceName }) => resourceName === topic)?.configEntries ?? []
    for (const [name, planned] of Object.entries(settings)) {
      const value = entries.find(({ configName }) => configName === name)?.configValue
      if (name === 'compression.type' && value !== undefined && unreadable.has(value)) {
        faults.push(compressionFault(topic, value))
      } else if (value !== planned) drift.push(`${topic}: ${name} is ${value ?? 'unknown'}, planned ${planned}`)
    }
  }
  return { drift, faults }
}
