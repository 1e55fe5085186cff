// What is mended or kept away from kafkajs. Unmended, its idle request queue re-arms a timer 2,800 times a second (3 %
// of a core).
import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { silentLogger, testKafka } from '@dueline/testkit'
import kafkajs from 'kafkajs'
import t from 'tap'
import { idleSpin } from '../../src/kafka/idle-spin.ts'
import { installed, mend } from '../../src/kafka/mend.ts'
import { freshName, kafkaBus, publish, reader, records } from '../support/kafka.ts'
import { until } from '../support/stack.ts'

const brokers = await testKafka(t)

/** One-shot and repeating timers made per second, over two seconds. */
async function timersPerSecond (): Promise<number> {
  let made = 0
  const hook = createHook({
    init: (_, type) => {
      if (type === 'Timeout') made++
    }
  }).enable()
  await pause(2_000)
  hook.disable()
  return made / 2
}

t.test('another version than the known one is not touched', async (t) => {
  const errors: string[] = []
  const logger = {
    ...silentLogger,
    error: (_: object, message: string) => {
      errors.push(message)
    }
  } as unknown as typeof silentLogger
  const { version, prototype } = installed(idleSpin)
  const originals = idleSpin.methods.map((method) => prototype[method])
  mend(logger, idleSpin, { version: '2.3.0', prototype })
  for (const method of idleSpin.methods) {
    mend(logger, idleSpin, {
      version,
      prototype: Object.assign(Object.create(prototype), { [method] () {} }) as typeof prototype
    })
  }
  t.same(idleSpin.methods.map((method) => prototype[method]), originals)
  t.match(errors, [/kafkajs 2\.3\.0 is not the 2\.2\.4/, /is not mended and may cost 3 % of a core/, /is not mended/])
})

if (brokers !== undefined) {
  t.test('a TypeError of a handler is tried again like any other error: the client itself would stop', async (t) => {
    const topic = freshName('type-error')
    const bus = kafkaBus(t, { brokers })
    await bus.ensureTopics([{ topic, partitions: 1 }])
    await publish(bus, records(topic, 1, ['a:1']))
    let bugs = 2
    const seen = await reader(t, bus, topic, async () => {
      if (bugs-- > 0) throw new TypeError('a bug')
    })
    await until('the record', () => seen.length === 1)
    t.equal(bugs, -1)
  })
}

t.test('an idle consumer and producer make hardly any timers', { skip: brokers === undefined }, async (t) => {
  const bus = kafkaBus(t, { brokers: brokers! })
  const topic = freshName('idle')
  await bus.ensureTopics([{ topic, partitions: 12 }])
  const seen = await reader(t, bus, topic)
  const producer = await bus.producer()
  await producer.publish(records(topic, 12, ['a:1']), { signal: AbortSignal.timeout(60_000) })
  await until('the record', () => seen.length === 1)
  const made = await timersPerSecond()
  t.ok(made < 30, `${made} timers a second`)
  await producer.close()
})

t.test('a request that nobody answers still times out', async (t) => {
  mend(silentLogger, idleSpin)
  const held: Socket[] = []
  const silent = createServer((socket) => {
    held.push(socket.resume())
  }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => {
    for (const socket of held) socket.destroy()
    silent.close()
  })
  const broker = `127.0.0.1:${(silent.address() as AddressInfo).port}`
  const admin = new kafkajs.Kafka({
    brokers: [broker],
    requestTimeout: 200,
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.NOTHING
  }).admin()
  await t.rejects(admin.connect(), /Request ApiVersions.* timed out/)
  t.equal(held.length > 0, true, 'it was connected')
})
