import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Test } from 'tap'

/** A way to a server that misbehaves as it is told. */
export interface FaultyLine {
  endpoint: string
  /** Connections made so far. */
  readonly connections: number
  /** What the next connections do: pass, be closed at once, never answer, or break after so many bytes one way. */
  next: Behaviour[]
  /** Lets what was held go. */
  stop(): void
}

export type Behaviour = 'pass' | 'refuse' | 'silent' | { cutUpAfterBytes: number } | { cutDownAfterBytes: number }

/** Puts a TCP proxy before the server of `endpoint`; behaviours that are used up are followed by `pass`. */
export async function faultyLine (t: Test, endpoint: string): Promise<FaultyLine> {
  const target = new URL(endpoint)
  const sockets = new Set<Socket>()
  const next: Behaviour[] = []
  let connections = 0
  const server = createServer((client) => {
    connections++
    sockets.add(client)
    client.on('error', () => {})
    const behaviour = next.shift() ?? 'pass'
    if (behaviour === 'refuse') {
      client.resetAndDestroy()
      return
    }
    if (behaviour === 'silent') return
    const upstream = connect(Number(target.port), target.hostname)
    sockets.add(upstream)
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    const limit = (from: Socket, to: Socket, bytes: number): void => {
      let left = bytes
      from.on('data', (piece: Buffer) => {
        to.write(piece.subarray(0, left))
        left -= piece.length
        if (left <= 0) {
          client.resetAndDestroy()
          upstream.destroy()
        }
      })
    }
    limit(
      client,
      upstream,
      typeof behaviour === 'object' && 'cutUpAfterBytes' in behaviour
        ? behaviour.cutUpAfterBytes
        : Infinity
    )
    limit(
      upstream,
      client,
      typeof behaviour === 'object' && 'cutDownAfterBytes' in behaviour
        ? behaviour.cutDownAfterBytes
        : Infinity
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = (): void => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  t.teardown(stop)
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get connections () {
      return connections
    },
    next,
    stop
  }
}
