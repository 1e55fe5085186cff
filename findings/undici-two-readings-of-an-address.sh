#!/usr/bin/env bash
# undici 8.13.1: fetch refuses ports and passwords in addresses; request of the same package reaches the ports and drops
# the passwords.
#
# They are taken for two shapes of one client. fetch follows the browsers' list of bad ports (10080, 6000, 4190 and some
# eighty more) also on a server, where such a port is just where a receiver listens; its error says "fetch failed". Of
# https://name:word@host request sends neither the name nor an Authorization header, and no error, so the receiver
# answers 401; fetch throws.
#
# The product sends webhooks with request, and refuses names and passwords when an address is saved
# (services/notification/src/delivery/outgoing-http.ts, faultOf).
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
packages undici@8.13.1
node_of 24.21.0
cat >seen.mjs <<'END'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fetch, request } from 'undici'
const server = createServer(({ headers }, response) => response.end(headers.authorization ?? 'no Authorization'))
server.on('error', () => process.exit(2)) // somebody has port 10080
async function show (name, ask) {
  console.log(
    name,
    await ask().catch((error) => `${error.name}: ${error.cause?.message ?? error.message.split(':')[0]}`)
  )
}
for (const [name, listen, at] of [
  ['port 10080:', 10080, (port) => `http://127.0.0.1:${port}/`],
  ['name:word@:', 0, (port) => `http://name:word@127.0.0.1:${port}/`]
]) {
  server.listen(listen, '127.0.0.1')
  await once(server, 'listening')
  const url = at(server.address().port)
  await show(`fetch, ${name}`, async () => await (await fetch(url)).text())
  await show(`request, ${name}`, async () => await (await request(url)).body.text())
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
process.exit()
END
expect "$node" seen.mjs <<'END'
fetch, port 10080: TypeError: bad port
request, port 10080: no Authorization
fetch, name:word@: TypeError: Request cannot be constructed from a URL that includes credentials
request, name:word@: no Authorization
END
