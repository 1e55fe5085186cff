#!/usr/bin/env bash
# Node 20.20.2 and 24.21.0, node:http: with requestTimeout below headersTimeout, the two change places.
#
# requestTimeout bounds a whole request, headersTimeout its head. Set the first to 1 s and leave the second at its 60 s
# (or 3 s here): one guesses that whole requests end after 1 s, since the head is part of them. When both are given at
# once that is an error; set one after the other, as frameworks do, they are swapped: a head has 1 s, and a body that
# never comes may take the longer one.
#
# Fastify's option of the same name sets the first only; the product gives Node both (packages/http/src/client-error.ts,
# requestLimits), and a test sends a body that does not end.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >seen.mjs <<'END'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
const head = 'POST / HTTP/1.1\r\nhost: x\r\n'
async function timed (server, text) {
  const caller = connect(server.address().port, '127.0.0.1')
  const begun = performance.now()
  caller.write(text)
  caller.resume()
  await once(caller, 'close')
  return Math.round((performance.now() - begun) / 1000)
}
console.log('Node', process.versions.node)
try {
  createServer({ requestTimeout: 1000, headersTimeout: 3000 })
} catch ({ code }) {
  console.log('both at once:', code)
}
const server = createServer({ connectionsCheckingInterval: 100 }, (request) => {
  request.resume()
})
server.requestTimeout = 1000
server.headersTimeout = 3000
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const [half, whole] = await Promise.all([timed(server, head), timed(server, `${head}content-length: 9\r\n\r\nx`)])
console.log(
  `requestTimeout 1 s, headersTimeout 3 s: half a head is cut after ${half} s, half a body after ${whole} s`
)
server.close()
END
each() {
  for version in 20.20.2 24.21.0; do node_of $version; "$node" seen.mjs; done
}
expect each <<'END'
Node 20.20.2
both at once: ERR_OUT_OF_RANGE
requestTimeout 1 s, headersTimeout 3 s: half a head is cut after 1 s, half a body after 3 s
Node 24.21.0
both at once: ERR_OUT_OF_RANGE
requestTimeout 1 s, headersTimeout 3 s: half a head is cut after 1 s, half a body after 3 s
END
