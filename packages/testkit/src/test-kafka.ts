import type { Test } from 'tap'
import { fromDocker } from './docker.ts'
import { kafkaAnswers } from './kafka-answers.ts'
import { kafkaVersion, nativeKafkaLacks } from './kafka-jars.ts'
import { startNativeKafka, type NativeKafka, type NativeKafkaOptions } from './native-kafka.ts'

/** A Kafka for tests or benchmarks; `stop` stops only what was started here. */
export interface TestKafka {
  brokers: string
  kind: 'given' | 'docker' | 'native'
  stop(): Promise<void>
}

/** How to have Kafka where there is none. */
const howTo = 'set KAFKA_BROKERS, or start Docker, or install Java 17 and Maven'

/**
 * Finds or starts Kafka: `KAFKA_BROKERS`, else Docker (`apache/kafka`) when a daemon answers at once, else a broker of
 * jars from Maven Central where Java 17 is. A test runner calls this once and passes it on in `KAFKA_BROKERS`.
 * @returns what is missing when there is none
 */
export async function startTestKafka (): Promise<TestKafka | { missing: string }> {
  const given = process.env.KAFKA_BROKERS
  if (given !== undefined && given !== '') return { brokers: given, kind: 'given', stop: async () => {} }
  const container = await fromDocker(image, startContainer)
  if (container !== undefined) return container
  const lacks = await nativeKafkaLacks()
  if (lacks !== undefined) return { missing: `no Kafka (${lacks} is missing): ${howTo}` }
  const { brokers, stop } = await startNativeKafka()
  return { brokers, kind: 'native', stop }
}

/**
 * The brokers to test with, or undefined when there are none: the test is then skipped, and the reason printed; with
 * `DUELINE_TEST_REQUIRE=kafka` it fails.
 */
export async function testKafka (t: Test): Promise<string[] | undefined> {
  const found = await startTestKafka()
  if ('missing' in found) return skip(t, found.missing)
  t.teardown(found.stop)
  return found.brokers.split(',')
}

/** A broker of the test's own, to be killed or configured; undefined where none can be had, as `testKafka`. */
export async function testBroker (t: Test, options: NativeKafkaOptions = {}): Promise<NativeKafka | undefined> {
  const lacks = await nativeKafkaLacks()
  if (lacks !== undefined) return skip(t, `no broker of its own for this test: ${lacks} is missing`)
  const broker = await startNativeKafka(options)
  t.teardown(async () => await broker.stop())
  return broker
}

function skip (t: Test, reason: string): undefined {
  if (process.env.DUELINE_TEST_REQUIRE?.split(',').includes('kafka') === true) {
    t.fail(`DUELINE_TEST_REQUIRE names kafka: ${reason}`)
  } else t.pass('needs Kafka', { skip: reason })
}

const image = `apache/kafka:${kafkaVersion}`
const outsidePort = 9092

async function startContainer (): Promise<TestKafka> {
  const { GenericContainer, Wait } = await import('testcontainers')
  // The broker has to tell its clients the port under which they reach it, which is known only once the container runs.
  const container = await new GenericContainer(image)
    .withEntrypoint(['sh'])
    .withCommand(['-c', 'echo waiting; until [ -f /tmp/start.sh ]; do sleep 0.1; done; exec bash /tmp/start.sh'])
    .withEnvironment(containerSettings)
    .withExposedPorts(outsidePort)
    .withWaitStrategy(Wait.forLogMessage('waiting'))
    .start()
  const brokers = `${container.getHost()}:${container.getMappedPort(outsidePort)}`
  await container.copyContentToContainer([{
    target: '/tmp/start.sh',
    content: `export KAFKA_ADVERTISED_LISTENERS=OUT://${brokers},IN://localhost:9094; exec /etc/kafka/docker/run`
  }])
  if (!await kafkaAnswers(container.getHost(), container.getMappedPort(outsidePort))) {
    throw new Error('Kafka in Docker did not answer')
  }
  return {
    brokers,
    kind: 'docker',
    stop: async () => {
      await container.stop()
    }
  }
}

const containerSettings = {
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_LISTENERS: `OUT://0.0.0.0:${outsidePort},IN://0.0.0.0:9094,CONTROLLER://0.0.0.0:9093`,
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'OUT:PLAINTEXT,IN:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'IN',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false'
}
