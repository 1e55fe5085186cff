#!/usr/bin/env bash
# kafkajs 2.2.4: send resolves, and the records for a partition that the client does not know are in no request.
#
# A send to a partition that is not there is taken to fail, at the client or at the broker (UNKNOWN_TOPIC_OR_PARTITION).
# Records are sorted by the leaders of their partitions; those without one are left out, and the promise resolves with
# the answers for the others, or with []. It happens with a partitioner that counts more partitions than this client has
# heard of, or after a topic was made anew with fewer.
#
# The product counts the answers: every partition of a request must have one, or the publish fails
# (packages/messaging/src/kafka/producer.ts, demandAnswers; docs/adr/0006-kafka-behind-the-bus-port.md).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages kafkajs@2.2.4
kafka
cat >seen.mjs <<'END'
import kafkajs from 'kafkajs'
const producer = new kafkajs.Kafka({ brokers: [process.env.KAFKA], logLevel: kafkajs.logLevel.NOTHING }).producer({
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner
})
await producer.connect()
for (const partitions of [[0], [0, 99], [99]]) {
  const messages = partitions.map((partition) => ({ value: `for ${partition}`, partition }))
  const outcome = await producer.send({ topic: 'clock', messages }).then(
    (answers) => `resolved, answers for partitions ${JSON.stringify(answers.map(({ partition }) => partition))}`,
    ({ message }) => `failed: ${message}`
  )
  console.log(`records for partitions ${JSON.stringify(partitions)}: ${outcome}`)
}
await producer.disconnect()
END
expect node seen.mjs <<'END'
records for partitions [0]: resolved, answers for partitions [0]
records for partitions [0,99]: resolved, answers for partitions [0]
records for partitions [99]: resolved, answers for partitions []
END
