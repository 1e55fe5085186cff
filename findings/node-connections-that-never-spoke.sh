#!/usr/bin/env bash
# Node 20.20.2 and 24.21.0, node:http: closeIdleConnections() leaves the idlest of all open, and close() waits for it.
#
# It closes "all connections connected to this server which are not sending a request or waiting for a response"; a
# connection on which nothing was ever said is one. But only those that have had a response count as idle. Browsers and
# clients open connections ahead of need, so a server that stops waits for theirs until the timeout of a request that
# nobody has begun.
#
# The product keeps a list of its connections, and ends those that never spoke itself (packages/http/src/service.ts,
# partingOf).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cat >seen.mjs <<'END'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
console.log('Node', process.versions.node)
for (const speaks of [true, false]) {
  const server = createServer((_, response) => response.end('x'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const caller = connect(server.address().port, '127.0.0.1')
  caller.resume()
  await once(server, 'connection')
  if (speaks) {
    caller.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    await once(caller, 'data')
  }
  await sleep(100)
  let closed = false
  server.close(() => {
    closed = true
  })
  server.closeIdleConnections()
  await sleep(1000)
  console.log(
    `a connection that has ${speaks ? 'had an answer' : 'never spoken'}:`,
    `a second later the server is ${closed ? 'closed' : 'still open'}`
  )
  server.closeAllConnections()
}
END
each() {
  for version in 20.20.2 24.21.0; do node_of $version; "$node" seen.mjs; done
}
expect each <<'END'
Node 20.20.2
a connection that has had an answer: a second later the server is closed
a connection that has never spoken: a second later the server is still open
Node 24.21.0
a connection that has had an answer: a second later the server is closed
a connection that has never spoken: a second later the server is still open
END
