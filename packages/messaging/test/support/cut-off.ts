import { connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A way to Postgres that can be cut: nothing passes any more, and neither side learns of it. */
export interface Line {
  url: string
  cut(): Promise<void>
  mend(): void
}

/** Puts a small TCP proxy before the server of `url`. */
export async function cutConnections (t: Test, url: string): Promise<Line> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let dead = false
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => {})
    if (dead) {
      client.destroy()
      return
    }
    const upstream = connect(Number(target.port), target.hostname)
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.pipe(upstream)
    upstream.pipe(client)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address() as { port: number }
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const line = new URL(url)
  line.hostname = '127.0.0.1'
  line.port = String(address.port)
  return {
    url: line.toString(),
    async cut () {
      dead = true
      for (const socket of sockets) socket.destroy()
    },
    mend () {
      dead = false
    }
  }
}
