#!/usr/bin/env bash
# cloudevents 10.0.0: an event's time has microseconds or milliseconds depending on how the same event is sent.
#
# RFC 3339 has no limit of digits and the SDK keeps the text that it was given, so one guesses that it is sent as it is.
# As JSON, in structured mode and over HTTP in binary mode it is made anew from a JavaScript Date: three digits, in UTC.
# Kafka's binary mode sends it as it was; reading it cuts it. Two events of one millisecond have an order on the topic
# and none in the webhook.
#
# The product writes its envelopes itself, with six digits in every mode (packages/messaging/src/codec.ts,
# formatInstant), and orders by `sequence`.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages cloudevents@10.0.0
cat >seen.mjs <<'END'
import { CloudEvent, HTTP, Kafka } from 'cloudevents'
const event = new CloudEvent({
  id: '1',
  source: '/clock',
  type: 'breached',
  time: '2026-01-01T03:00:00.123456+03:00',
  data: {}
})
console.log('the event:       ', event.time)
console.log('Kafka, binary:   ', Kafka.binary(event).headers.ce_time)
console.log('Kafka, structured', JSON.parse(Kafka.structured(event).value).time)
console.log('HTTP, binary:    ', HTTP.binary(event).headers['ce-time'])
console.log('Kafka, read:     ', Kafka.toEvent(Kafka.binary(event)).toJSON().time)
END
expect node seen.mjs <<'END'
the event:        2026-01-01T03:00:00.123456+03:00
Kafka, binary:    2026-01-01T03:00:00.123456+03:00
Kafka, structured 2026-01-01T00:00:00.123Z
HTTP, binary:     2026-01-01T00:00:00.123Z
Kafka, read:      2026-01-01T00:00:00.123Z
END
