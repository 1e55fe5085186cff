import t from 'tap'
import type { Bus, BusConsumer, SaslMechanism } from '../../src/index.ts'
import type { KafkaConnection } from '../../src/kafka/index.ts'
import { freshName, kafkaBus, publish, records } from '../support/kafka.ts'
import { grantGroup, grantService, passwords, refuseGroup, secureKafka } from '../support/secure-kafka.ts'
import { until } from '../support/stack.ts'

// Both before the first test: tap takes no test any more once those that it knows have ended.
const [secure, expired] = await Promise.all([secureKafka(t), secureKafka(t, { expired: true })])

async function readOne (bus: Bus, topic: string, group: string): Promise<string> {
  const consumer = await bus.consumer({ group, topics: [topic], from: 'earliest' })
  let seen = ''
  const running = consumer.run(async ({ records }) => {
    seen = Buffer.from(records[0]!.value).toString()
  })
  await until('the record', () => seen !== '')
  await consumer.close({ graceMs: 1_000 })
  await running
  return seen
}

async function reportsTrouble (consumer: BusConsumer, trouble: RegExp): Promise<void> {
  const running = consumer.run(async () => {})
  await until(String(trouble), () => trouble.test(consumer.health().detail))
  await consumer.close({ graceMs: 0 })
  await running
}

if (secure !== undefined) {
  const { broker, brokers, ca } = secure
  const plain = kafkaBus(t, { brokers: [broker.brokers] })
  const login = (
    user: keyof typeof passwords,
    mechanism: SaslMechanism,
    password = passwords[user]
  ): KafkaConnection => ({ brokers, tls: { ca }, sasl: { mechanism, username: user, password } })
  const topic = freshName('dueline.secure')
  await plain.ensureTopics([{ topic, partitions: 3 }])
  await grantService(broker, 'alice', { topics: 'dueline.' })
  await grantGroup(broker, 'alice', 'alices-group')

  for (
    const [user, mechanism] of [['alice', 'scram-sha-512'], ['dave', 'scram-sha-256'], ['carol', 'plain']] as const
  ) {
    t.test(`${user} publishes and reads over TLS with ${mechanism}`, async (t) => {
      const bus = kafkaBus(t, login(user, mechanism))
      await publish(bus, records(topic, 3, [`a:${user}`]))
      t.match(await readOne(bus, topic, `${user}s-group`), /^a:/)
    })
  }

  t.test('mistakes are distinguished from outages, with what to do', async (t) => {
    const refused = async (options: KafkaConnection, message: RegExp, kind = 'fatal'): Promise<void> => {
      const bus = kafkaBus(t, options)
      await t.rejects(bus.partitionCount(topic), { name: 'BusError', kind, message }, String(message))
      const publishing = bus.producer()
        .then(async (producer) =>
          await producer.publish(records(topic, 3, ['a:1']), { signal: AbortSignal.timeout(60_000) })
        )
      await t.rejects(publishing, { name: 'BusError', kind, message })
    }
    await refused(
      login('alice', 'scram-sha-512', 'wrong'),
      /refuses the SASL login: check mechanism, user name and password/
    )
    await refused(login('carol', 'plain', 'wrong'), /refuses the SASL login/)
    await refused({ ...login('alice', 'scram-sha-512'), tls: {} }, /self-signed: give its authority as CA/)
    await refused({ brokers: [broker.brokers], tls: { ca } }, /at the moment.*does not speak TLS/, 'retriable')
    await refused({ brokers }, /at the moment.*wants TLS or SASL/, 'retriable')
    await refused(
      login('bob', 'scram-sha-512'),
      /no right to (a topic: grant it Read, Write and Describe|the cluster: grant it IdempotentWrite).*_AUTHORIZATION_FAILED/
    )
    await refused({ brokers: ['127.0.0.1:1'] }, /at the moment.*ECONNREFUSED/, 'retriable')
  })

  t.test('a group that one may not read as is distinguished from a new one; a command grants it', async (t) => {
    const command = `kafka-acls.sh --bootstrap-server ${brokers[
      0
    ]!} --add --allow-principal 'User:alice' --operation READ --group to-be-granted`
    const bus = kafkaBus(t, { ...login('alice', 'scram-sha-512'), prefix: 'to-be-' })
    await t.rejects(bus.assertGroup('granted'), {
      name: 'BusError',
      kind: 'fatal',
      message:
        'Kafka: cannot read as a member of to-be-granted: User:alice lacks the right READ to this consumer group: ' +
        `grant it with ${command} (GROUP_AUTHORIZATION_FAILED)`
    })
    await grantGroup(broker, 'alice', 'to-be-granted')
    await until('the right', async () => await bus.assertGroup('granted').then(() => true, () => false))
    await plain.assertGroup(freshName('g'))
    await t.rejects(kafkaBus(t, { brokers: ['127.0.0.1:1'] }).assertGroup('any'), {
      name: 'BusError',
      kind: 'retriable'
    })
  })

  t.test('a right that is taken away while it reads is waited for', async (t) => {
    const group = freshName('alices')
    await grantGroup(broker, 'alice', group)
    const bus = kafkaBus(t, login('alice', 'scram-sha-512'))
    const consumer = await bus.consumer({ group, topics: [topic], from: 'earliest' })
    void consumer.run(async () => {})
    t.teardown(async () => await consumer.close({ graceMs: 0 }))
    await until('its group', () => consumer.health().state === 'ok')
    await refuseGroup(broker, 'alice', group)
    await until('its refusal', () => consumer.health().state === 'down')
    t.match(
      consumer.health().detail,
      /no right to the consumer group: grant it Read on the group \(GROUP_AUTHORIZATION_FAILED/
    )
    await grantGroup(broker, 'alice', group)
    await until('its return', () => consumer.health().state === 'ok')
  })

  t.test('a member that may not join says why, and so does one whose topic is missing', async (t) => {
    const mine = kafkaBus(t, login('alice', 'scram-sha-512'))
    await reportsTrouble(
      await mine.consumer({ group: 'not-hers', topics: [topic], from: 'earliest' }),
      /no right to the consumer group: grant it Read on the group \(GROUP_AUTHORIZATION_FAILED/
    )
    await reportsTrouble(
      await plain.consumer({ group: freshName('g'), topics: ['dueline.missing'], from: 'earliest' }),
      /cannot read the partitions of dueline\.missing: a topic or partition does not exist: run the topics job/
    )
  })
}

t.test('an expired certificate', { skip: expired === undefined }, async (t) => {
  const bus = kafkaBus(t, {
    brokers: expired!.brokers,
    tls: { ca: expired!.ca },
    sasl: { mechanism: 'plain', username: 'carol', password: passwords.carol }
  })
  await t.rejects(bus.partitionCount('any'), {
    name: 'BusError',
    kind: 'fatal',
    message: /the certificate of the broker has expired: renew it/
  })
})
