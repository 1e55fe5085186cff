import { topicPlans, topics } from '@dueline/contracts'
import kafkajs from 'kafkajs'

const valueBytes = 2_000_000
const messageBytesMax = 3_000_000

/**
 * Puts a record of 2 MB into every topic, as another program might: past the bus, which would refuse it, on topics that
 * were set to take it.
 */
export async function publishOversized (brokers: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  try {
    await admin.connect()
    await admin.alterConfigs({
      validateOnly: false,
      // Settings that are not named go back to the broker's own.
      resources: topicPlans.filter(({ topic }) => isOfEvents(topic)).map(({ topic, settings }) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: Object.entries({ ...settings, 'max.message.bytes': String(messageBytesMax) })
          .map(([name, value]) => ({ name, value }))
      }))
    })
    await producer.connect()
    const value = Buffer.alloc(valueBytes, 'x')
    for (const topic of Object.values(topics)) {
      await producer.send({ topic, messages: [{ partition: 0, key: 'oversized', value }] })
    }
  } finally {
    await producer.disconnect()
    await admin.disconnect()
  }
}

function isOfEvents (topic: string): boolean {
  return (Object.values(topics) as string[]).includes(topic)
}
