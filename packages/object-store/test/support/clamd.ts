import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A small server that speaks INSTREAM as clamd does, and finds whatever `finds` says of the bytes. */
export interface FakeClamd {
  host: string
  port: number
  /** The bytes of each scan. */
  readonly scanned: Buffer[]
}

/** @param answer what is said of the bytes of a scan, without the null byte; undefined: nothing, for ever */
export async function fakeClamd (
  t: Test,
  answer: (bytes: Buffer) => string | undefined = () => 'stream: OK'
): Promise<FakeClamd> {
  const scanned: Buffer[] = []
  const server = createServer((socket) => {
    let seen = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      seen = Buffer.concat([seen, piece])
      const bytes = streamIn(seen)
      if (bytes === undefined) return
      scanned.push(bytes)
      const said = answer(bytes)
      if (said !== undefined) socket.end(`${said}\0`)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  return { host: '127.0.0.1', port, scanned }
}

/** The bytes of a whole INSTREAM; undefined while more is to come. */
function streamIn (seen: Buffer): Buffer | undefined {
  const command = 'zINSTREAM\0'
  if (seen.length < command.length) return undefined
  if (seen.toString('latin1', 0, command.length) !== command) throw new Error('not INSTREAM')
  const pieces: Buffer[] = []
  for (let at = command.length; at + 4 <= seen.length;) {
    const length = seen.readUInt32BE(at)
    if (length === 0) return Buffer.concat(pieces)
    pieces.push(seen.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return undefined
}
