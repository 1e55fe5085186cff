#!/usr/bin/env bash
# fastify 5.12.8: onResponse, the hook for logs and metrics, never runs for a request whose caller has left.
#
# Its documentation says that it runs when a response has been sent, and Fastify looks for the end of a response as
# `end-of-stream` does, which hears of aborts too; so one guesses that it runs in the end in any case, perhaps with an
# error. It runs for none of them: not for a slow answer, not for a stream, not for a hijacked one. The requests that
# callers gave up on, the slowest, are missing from the metrics.
#
# The product's streams are counted when their connection closes (packages/http/src/operations.ts, registered beside
# onResponse).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages fastify@5.12.8
cat >seen.mjs <<'END'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
for (const path of ['/slow', '/stream', '/hijacked']) {
  for (const leaves of [false, true]) {
    const app = Fastify()
    const ran = []
    app.addHook('onRequest', async () => {
      ran.push('onRequest')
    })
    app.addHook('onResponse', async () => {
      ran.push('onResponse')
    })
    app.get('/slow', async () => {
      await sleep(300)
      return 'x'
    })
    app.get(
      '/stream',
      async (_, reply) =>
        await reply.send(
          Readable.from(
            (async function* () {
              yield 'a'
              await sleep(300)
              yield 'b'
            })()
          )
        )
    )
    app.get('/hijacked', async (_, reply) => {
      reply.hijack()
      reply.raw.write('a')
      await sleep(300)
      reply.raw.end('b')
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const caller = connect(app.server.address().port, '127.0.0.1')
    caller.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
    caller.resume()
    if (leaves) setTimeout(() => caller.destroy(), 100)
    await once(caller, 'close')
    await sleep(600)
    console.log(`${path}, caller ${leaves ? 'leaves' : 'stays'}: ${ran.join(', ')}`)
    await app.close()
  }
}
END
expect node seen.mjs <<'END'
/slow, caller stays: onRequest, onResponse
/slow, caller leaves: onRequest
/stream, caller stays: onRequest, onResponse
/stream, caller leaves: onRequest
/hijacked, caller stays: onRequest, onResponse
/hijacked, caller leaves: onRequest
END
