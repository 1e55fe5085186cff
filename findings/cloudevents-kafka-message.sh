#!/usr/bin/env bash
# cloudevents 10.0.0 with kafkajs 2.2.4: what the SDK makes for Kafka cannot be sent, and what arrives cannot be read.
#
# The official SDK has a Kafka binding, and kafkajs was the client of its day; a message of the one is taken for a
# message of the other: headers, key, value. Data stay an object as the value, numbers stay numbers among the headers
# and attributes that are not there are undefined; the client takes texts and buffers. It gives headers back as buffers,
# and the event's id becomes one; bytes of JSON are not read, whatever the content type says.
#
# The product writes and reads the binding itself (packages/messaging/src/codec.ts): all headers are texts, and the
# value is JSON.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages cloudevents@10.0.0 kafkajs@2.2.4
kafka
cat >seen.mjs <<'END'
import { CloudEvent, Kafka as binding } from 'cloudevents'
import kafkajs from 'kafkajs'
const kafka = new kafkajs.Kafka({ brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING })
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
await producer.connect()
const attributes = { id: '1', source: '/clock', type: 'breached', data: { late: true } }
async function send (name, message) {
  const outcome = await producer.send({ topic: 'clock', messages: [message] }).then(
    () => 'sent',
    ({ message: reason }) => reason
  )
  console.log(`sending ${name}: ${outcome}`)
}
const message = (more) => binding.binary(new CloudEvent({ ...attributes, ...more }))
const value = JSON.stringify(attributes.data)
const defined = (headers) => Object.fromEntries(Object.entries(headers).filter(([, text]) => text !== undefined))
await send('the binary message of an event', message())
await send('the same, its value as JSON', { ...message(), value })
await send('the same, without empty headers, with an integer', {
  headers: defined(message({ sequence: 5 }).headers),
  value
})
const headers = defined(message().headers)
await send('the same, without the integer', { headers, value })
const consumer = kafka.consumer({ groupId: 'reader' })
await consumer.connect()
await consumer.subscribe({ topic: 'clock', fromBeginning: true })
const came = await new Promise((resolve, reject) => {
  setTimeout(reject, 60_000, new Error('nothing came')).unref()
  consumer.run({ eachMessage: async ({ message }) => resolve(message) })
})
await consumer.disconnect()
await producer.disconnect()
function read (name, given) {
  const { id, data, data_base64: bytes } = binding.toEvent(given)
  console.log(`reading ${name}: id ${JSON.stringify(id)}, data ${JSON.stringify(data)}, data_base64 ${bytes}`)
}
read('it as it comes', came)
read('it, headers as texts', { ...came, headers })
END
expect node seen.mjs <<'END'
sending the binary message of an event: The "string" argument must be of type string or an instance of Buffer or ArrayBuffer. Received an instance of Object
sending the same, its value as JSON: The "string" argument must be of type string or an instance of Buffer or ArrayBuffer. Received undefined
sending the same, without empty headers, with an integer: The "string" argument must be of type string or an instance of Buffer or ArrayBuffer. Received type number (5)
sending the same, without the integer: sent
reading it as it comes: id {"type":"Buffer","data":[49]}, data {"type":"Buffer","data":[123,34,108,97,116,101,34,58,116,114,117,101,125]}, data_base64 eyJsYXRlIjp0cnVlfQ==
reading it, headers as texts: id "1", data {"type":"Buffer","data":[123,34,108,97,116,101,34,58,116,114,117,101,125]}, data_base64 eyJsYXRlIjp0cnVlfQ==
END
