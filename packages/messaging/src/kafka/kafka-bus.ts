import { deadLetterTopicOf } from '@dueline/contracts'
import { backoff } from '@dueline/runtime'
import type { Bus, BusConsumer, BusProducer, StartFrom, TopicSpec } from '../bus.ts'
import { KafkaAdmin } from './admin.ts'
import { KafkaMember } from './member.ts'
import type { KafkaBusOptions } from './options.ts'
import { createKafkaProducer } from './producer.ts'

const defaults = { sessionMs: 10_000, stuckMs: 60_000, batchRecordsMax: 500 }

/** The bus on Apache Kafka. Nothing connects before it is used. */
export function createKafkaBus (options: KafkaBusOptions): Bus {
  return new KafkaBus(options)
}

/** Exported for tests, which end one without a farewell. */
export class KafkaBus implements Bus {
  readonly #options: KafkaBusOptions
  readonly #admin: KafkaAdmin
  readonly #producers = new Set<BusProducer>()
  readonly #members = new Set<KafkaMember>()

  constructor (options: KafkaBusOptions) {
    this.#options = options
    this.#admin = new KafkaAdmin(options, options.logger)
  }

  async producer (): Promise<BusProducer> {
    const producer = await createKafkaProducer(this.#options, this.#options.logger, () => {
      this.#producers.delete(producer)
    })
    this.#producers.add(producer)
    return producer
  }

  async consumer (
    { group, topics, from }: { group: string, topics: readonly string[], from: StartFrom }
  ): Promise<BusConsumer> {
    const { logger } = this.#options
    const settings = {
      ...defaults,
      ...this.#options,
      connection: this.#options,
      group,
      topics,
      from,
      logger,
      backoff: backoff({ initialMs: 100, maxMs: 5_000 })
    }
    const member = new KafkaMember(settings, this.#admin, () => {
      this.#members.delete(member)
    })
    this.#members.add(member)
    return member
  }

  async ensureTopics (topics: readonly TopicSpec[]): Promise<void> {
    await this.#admin.createTopics(topics)
  }

  async partitionCount (topic: string): Promise<number> {
    return await this.#admin.partitionCount(topic)
  }

  async assertGroup (group: string): Promise<void> {
    await this.#admin.assertGroup(group)
  }

  deadLetterTopic (group: string): string {
    return deadLetterTopicOf(group)
  }

  async close (): Promise<void> {
    await Promise.all([...this.#members].map(async (member) => await member.close({ graceMs: 5_000 })))
    await Promise.all([...this.#producers].map(async (producer) => await producer.close()))
    await this.#admin.close()
  }

  /** Stops as if the process had died: no farewell to the broker. */
  cut (): void {
    for (const member of this.#members) member.cut()
    this.#admin.cut()
  }
}
