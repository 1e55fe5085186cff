#!/usr/bin/env bash
# kafkajs 2.2.4: an Error thrown by a message's handler is tried again; a TypeError ends the consumer for good.
#
# A handler is the application's code, so one guesses that all its errors are alike: some retries, then a restart, as
# documented. The client cannot tell its own bugs from the handler's, and takes TypeError, RangeError, ReferenceError
# and SyntaxError for its own: no retry, a crash event with `restart: false`, and the process lives on reading nothing.
# `undefined.length`, or JSON.parse of a bad record, is enough.
#
# In the product handlers are tried again outside of the client, which never sees their errors, and a member makes a new
# consumer after every crash (packages/messaging/src/kafka/work.ts, session.ts, member.ts;
# docs/adr/0006-kafka-behind-the-bus-port.md).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages kafkajs@2.2.4
kafka
cat >seen.mjs <<'END'
import kafkajs from 'kafkajs'
const kafka = new kafkajs.Kafka({
  brokers: [process.env.KAFKA],
  logLevel: kafkajs.logLevel.NOTHING,
  retry: { initialRetryTime: 10, retries: 2 }
})
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
await producer.connect()
for (const Kind of [Error, TypeError, SyntaxError]) {
  const topic = Kind.name
  await producer.send({ topic, messages: [{ value: 'x', partition: 0 }] })
  const consumer = kafka.consumer({ groupId: topic })
  let tries = 0
  const crash = new Promise((resolve) => consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload)))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async () => {
      tries++
      throw new Kind('the handler failed')
    }
  })
  const { restart } = await crash
  console.log(`${topic}: ${tries > 1 ? 'tried again' : 'tried once'}, restart: ${restart}`)
  await consumer.disconnect()
}
await producer.disconnect()
END
expect node seen.mjs <<'END'
Error: tried again, restart: true
TypeError: tried once, restart: false
SyntaxError: tried once, restart: false
END
