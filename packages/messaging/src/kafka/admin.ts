import type { Logger } from '@dueline/runtime'
import type { Admin } from 'kafkajs'
import { BusError, type TopicSpec } from '../bus.ts'
import { createClient, type KafkaClient } from './client.ts'
import { createTopics } from './create-topics.ts'
import { isAnswer, saysGroupRefused, saysNoCoordinatorYet, toBusError } from './errors.ts'
import { principalOf, type KafkaConnection } from './options.ts'

/** Few: who asks wants an answer, and tries again by itself. */
const retries = 2

/** Asks a cluster about topics and groups; connects on first use, and anew after a failure. */
export class KafkaAdmin {
  readonly #connection: KafkaConnection
  readonly #prefix: string
  readonly #logger: Logger
  #client: KafkaClient | undefined
  #admin: Promise<Admin> | undefined

  constructor (connection: KafkaConnection, logger: Logger) {
    this.#connection = connection
    this.#prefix = connection.prefix ?? ''
    this.#logger = logger
  }

  /** @throws BusError; 'fatal' for an unknown topic */
  async partitionCount (topic: string): Promise<number> {
    return await this.ask(`read the partitions of ${topic}`, async (admin) => {
      const { topics: [found] } = await admin.fetchTopicMetadata({ topics: [this.#prefix + topic] })
      if (found === undefined || found.partitions.length === 0) {
        throw new BusError('fatal', `topic ${topic} does not exist`)
      }
      return found.partitions.length
    })
  }

  /** Creates what is missing, with the broker's own replication. */
  async createTopics (topics: readonly TopicSpec[]): Promise<void> {
    await this.ask('create topics', async (admin) => {
      await createTopics(
        admin,
        topics.map(({ topic, partitions }) => ({ topic: this.#prefix + topic, numPartitions: partitions }))
      )
    })
  }

  /** Asks for what a group has committed, which takes a right to it. @throws BusError; 'fatal' without that right */
  async assertGroup (group: string): Promise<void> {
    const groupId = this.#prefix + group
    await this.ask(`read as a member of ${groupId}`, async (admin) => {
      await admin.fetchOffsets({ groupId, topics: [] }).catch((error: unknown) => {
        if (saysGroupRefused(error)) throw new BusError('fatal', groupRefusal(groupId, this.#connection), error)
        // a new cluster makes the topic of all groups when the first one is asked for: rights are looked at before that
        if (!saysNoCoordinatorYet(error)) throw error
      })
    })
  }

  /** Records that a group has not committed, by `topic/partition`. */
  async lag (group: string, topics: readonly string[]): Promise<Map<string, bigint>> {
    return await this.ask(`read the lag of ${group}`, async (admin) => {
      const lag = new Map<string, bigint>()
      const committed = await admin.fetchOffsets({
        groupId: this.#prefix + group,
        topics: topics.map((topic) => this.#prefix + topic)
      })
      for (const { topic, partitions } of committed) {
        const ends = new Map((await admin.fetchTopicOffsets(topic)).map((each) => [each.partition, each]))
        for (const { partition, offset } of partitions) {
          const { low, high } = ends.get(partition) ?? { low: '0', high: '0' }
          const from = BigInt(offset) < BigInt(low) ? BigInt(low) : BigInt(offset)
          lag.set(`${topic.slice(this.#prefix.length)}/${partition}`, BigInt(high) - from)
        }
      }
      return lag
    })
  }

  /** @throws BusError whose message says that Kafka cannot do `doing` */
  async ask<T> (doing: string, question: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.#connect()
    try {
      return await question(await admin)
    } catch (error) {
      // other questions may be on their way: a refusal is no reason to hang up
      if (this.#admin === admin && !(error instanceof BusError) && !isAnswer(error)) await this.close()
      throw toBusError(error, doing)
    }
  }

  #connect (): Promise<Admin> {
    if (this.#admin !== undefined) return this.#admin
    this.#client = createClient(this.#connection, { retries, logger: this.#logger })
    const admin = this.#client.kafka.admin()
    this.#admin = admin.connect().then(() => admin)
    return this.#admin
  }

  async close (): Promise<void> {
    const admin = this.#admin
    const client = this.#client
    this.#admin = undefined
    this.#client = undefined
    await admin?.then(async (each) => await each.disconnect()).catch(() => {})
    client?.cut()
  }

  cut (): void {
    this.#client?.cut()
  }
}

function groupRefusal (groupId: string, connection: KafkaConnection): string {
  const principal = principalOf(connection)
  const command = `kafka-acls.sh --bootstrap-server ${connection.brokers[0]} --add --allow-principal '${principal}' ` +
    `--operation READ --group ${groupId}`
  return `Kafka: cannot read as a member of ${groupId}: ${principal} lacks the right READ to this consumer group: ` +
    `grant it with ${command} (GROUP_AUTHORIZATION_FAILED)`
}
