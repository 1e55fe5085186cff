import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { topicPlans } from '@dueline/contracts'
import { createKafkaBus } from '@dueline/messaging/kafka'
import { silentLogger, testBroker } from '@dueline/testkit'
import kafkajs from 'kafkajs'
import t from 'tap'

const broker = await testBroker(t)
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

async function job (env: Record<string, string>): Promise<{ code: number | null, out: string, err: string }> {
  const child = spawn(process.execPath, [...process.execArgv, main], {
    env: { PATH: process.env.PATH, LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    err += String(chunk)
  })
  const [code] = await once(child, 'close') as [number | null]
  return { code, out, err }
}

t.test('mistakes end it with exit code 78, an outage with 1 after the wait', async (t) => {
  t.match(await job({}), { code: 78, err: /KAFKA_BROKERS/ })
  t.match(await job({ KAFKA_BROKERS: '127.0.0.1:1', WAIT_SECONDS: '1' }), {
    code: 1,
    err: /cannot prepare topics at the moment.*ECONNREFUSED.*; waiting for it/
  })
})

t.test('makes every topic as planned, once, and says what differs', { skip: broker === undefined }, async (t) => {
  const env = { KAFKA_BROKERS: broker!.brokers }
  const admin = new kafkajs.Kafka({ brokers: [broker!.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  t.teardown(async () => await admin.disconnect())
  const bus = createKafkaBus({ brokers: [broker!.brokers], logger: silentLogger })
  t.teardown(async () => await bus.close())

  t.match(await job({ ...env, KAFKA_REPLICATION_FACTOR: '3' }), { code: 78, err: /fewer brokers than replicas/ })
  t.match(await job(env), {
    code: 0,
    out: new RegExp(
      `created dueline\\.clock\n[^]*${topicPlans.length} topics are there, ${topicPlans.length} of them new`
    )
  })
  const { topics } = await admin.fetchTopicMetadata({ topics: topicPlans.map(({ topic }) => topic) })
  t.strictSame(
    topics.map(({ name, partitions }) => `${name} ${partitions.length}`).sort(),
    topicPlans.map(({ topic, partitions }) => `${topic} ${partitions}`).sort()
  )
  t.match(await job(env), { code: 0, out: /^\d+ topics are there, 0 of them new\n$/ }, 'nothing differs from its plan')

  await admin.alterConfigs({
    validateOnly: false,
    resources: [{
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: 'dueline.clock',
      configEntries: [{ name: 'retention.ms', value: '60000' }]
    }]
  })
  await admin.createPartitions({ topicPartitions: [{ topic: 'dueline.ticket', count: 24 }] })
  const { code, out } = await job(env)
  t.equal(code, 0)
  t.match(out, /differs dueline\.ticket: 24 partitions, planned 12\n/)
  t.match(out, /differs dueline\.clock: retention\.ms is 60000, planned 604800000\n/)

  const compress = async (type: string): Promise<void> => {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: 'dueline.clock',
        configEntries: [{ name: 'compression.type', value: type }]
      }]
    })
  }
  await compress('zstd')
  t.match(
    await job(env),
    { code: 0, out: /differs dueline\.clock: compression\.type is zstd, planned producer\n/ },
    'which is read'
  )
  for (const type of ['lz4', 'snappy']) {
    await compress(type)
    t.match(await job(env), {
      code: 78,
      err: new RegExp(`dueline\\.clock: compression\\.type is ${type}.*--add-config compression\\.type=producer`)
    }, type)
  }
  await compress('producer')

  await admin.deleteTopics({ topics: ['dueline.escalation'] })
  await bus.ensureTopics([{ topic: 'dueline.escalation', partitions: 3 }])
  t.match(await job(env), { code: 78, err: /dueline\.escalation: 3 partitions, at least 12 are needed/ })
})
