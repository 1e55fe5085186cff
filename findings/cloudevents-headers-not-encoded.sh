#!/usr/bin/env bash
# cloudevents 10.0.0: over HTTP in binary mode an attribute with a letter beyond ASCII makes a message that Node cannot
# send.
#
# The HTTP binding of CloudEvents 1.0 demands percent encoding of header values, and the SDK is its reference. It
# encodes nothing and decodes nothing: an Arabic subject is refused by Node (ERR_INVALID_CHAR), and what another,
# correct sender has encoded (`a%20b`) stays so in the subject. With ASCII all is well.
#
# The product's webhooks and streams are JSON in structured mode; only Kafka, whose headers are bytes, has binary mode
# (packages/messaging/src/codec.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages cloudevents@10.0.0
cat >seen.mjs <<'END'
import { request } from 'node:http'
import { CloudEvent, HTTP } from 'cloudevents'
for (const subject of ['ticket/12', 'تذكرة/12']) {
  const { headers } = HTTP.binary(new CloudEvent({ id: '1', source: '/clock', type: 'breached', subject, data: {} }))
  let outcome = 'taken by Node'
  try {
    request('http://127.0.0.1:9/', { headers })
      .on('error', () => {})
      .destroy()
  } catch ({ code }) {
    outcome = code
  }
  console.log(`sent: ce-subject: ${headers['ce-subject']} (${outcome})`)
}
const headers = {
  'ce-id': '1',
  'ce-source': '/clock',
  'ce-type': 'breached',
  'ce-specversion': '1.0',
  'ce-subject': 'a%20b',
  'content-type': 'application/json'
}
console.log('received: ce-subject: a%20b, read as:', HTTP.toEvent({ headers, body: '{}' }).subject)
END
expect node seen.mjs <<'END'
sent: ce-subject: ticket/12 (taken by Node)
sent: ce-subject: تذكرة/12 (ERR_INVALID_CHAR)
received: ce-subject: a%20b, read as: a%20b
END
