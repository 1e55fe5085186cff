#!/usr/bin/env bash
# standardwebhooks 1.1.1: verify() finds no headers in a Headers object, and throws a SyntaxError for a message that is
# signed rightly.
#
# A receiver on a server of the fetch kind passes request.headers, and one guesses that the reference library of a
# standard on HTTP headers takes them, or that its types object. It looks for properties: "Missing required headers", as
# if the sender had not signed. And verify() parses: a body that is no JSON, or a ping with an empty one, is signed
# rightly and comes out as an error that is not WebhookVerificationError, or undefined.
#
# The product signs JSON only (services/notification/src/delivery/webhook-channel.ts).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages standardwebhooks@1.1.1
cat >seen.mjs <<'END'
import { Webhook } from 'standardwebhooks'
const webhook = new Webhook(Buffer.alloc(24, 1).toString('base64'))
function verify (name, body, as = (headers) => headers) {
  const now = new Date()
  const headers = {
    'webhook-id': '1',
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': webhook.sign('1', now, body)
  }
  try {
    console.log(`${name}:`, webhook.verify(body, as(headers)))
  } catch (error) {
    console.log(`${name}: ${error.constructor.name}: ${error.message}`)
  }
}
verify('an object of headers', '{"late":true}')
verify('the same as Headers', '{"late":true}', (headers) => new Headers(headers))
verify('a body that is text', 'late')
verify('an empty body', '')
END
expect node seen.mjs <<'END'
an object of headers: { late: true }
the same as Headers: WebhookVerificationError: Missing required headers
a body that is text: SyntaxError: Unexpected token 'l', "late" is not valid JSON
an empty body: undefined
END
