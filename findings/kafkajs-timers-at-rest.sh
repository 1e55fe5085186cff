#!/usr/bin/env bash
# kafkajs 2.2.4: a producer that is connected and does nothing sets more than 500 timers a second.
#
# An idle client is taken to wait for its heartbeat. Its queue of requests looks whether a throttling has ended; the end
# is -1 until there was one, the wait until then is negative, which Node takes for 1 ms, and each look sets the next
# timer. Some percent of a core, for each client of each replica, at rest; Node 24 warns of the negative wait once,
# without a word of whose it is.
#
# The product replaces that method, and only where version and source are those known
# (packages/messaging/src/kafka/idle-spin.ts, mend.ts; docs/adr/0006-kafka-behind-the-bus-port.md).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages kafkajs@2.2.4
kafka
cat >seen.mjs <<'END'
import { createHook } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
let timers = 0
createHook({ init (_, type) { if (type === 'Timeout') timers++ } }).enable()
const producer = new kafkajs.Kafka({ brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING })
  .producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
await sleep(1000)
console.log('before it connects:', timers < 5 ? 'fewer than 5 timers a second' : `${timers} timers a second`)
await producer.connect()
await sleep(1000)
timers = 0
await sleep(4000)
console.log('connected, at rest:', timers > 2000 ? 'more than 500 timers a second' : `${timers / 4} timers a second`)
await producer.disconnect()
END
expect node seen.mjs <<'END'
before it connects: fewer than 5 timers a second
connected, at rest: more than 500 timers a second
END
