import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Looks for viruses. */
export interface Scanner {
  /**
   * Begins to scan the pieces that are then written to it.
   * @throws ScannerUnavailable, as do the methods of the scan
   */
  begin(): Promise<Scan>
}

/** One file that is being scanned. */
export interface Scan {
  write(piece: Buffer): Promise<void>
  /** @returns what was found; undefined: nothing */
  end(): Promise<string | undefined>
  /** Gives it up; may be called after `end`. */
  close(): void
}

/** The scanner cannot be reached, or does not scan. */
export class ScannerUnavailable extends Error {
  override readonly name = 'ScannerUnavailable'
}

export interface ClamdOptions {
  host: string
  port: number
  /** How long it may say nothing, in milliseconds; default 30,000. */
  idleMs?: number
}

const answerBytesMax = 4_096
/** Longer pieces are cut: clamd takes what fits into its StreamMaxLength, in whatever pieces. */
const pieceBytesMax = 1024 * 1024

/**
 * A clamd by its command INSTREAM over TCP. Its `StreamMaxLength` must be at least the largest file that is accepted: a
 * longer one is answered with an error, and never with "clean".
 */
export function createClamd ({ host, port, idleMs = 30_000 }: ClamdOptions): Scanner {
  return {
    async begin () {
      const socket = connect({ host, port })
      socket.setTimeout(idleMs, () => socket.destroy(new Error(`clamd says nothing for ${idleMs} ms`)))
      // failures are met by who writes or waits next
      socket.on('error', () => {})
      await met(socket, once(socket, 'connect'))
      const answer = answerOf(socket)
      answer.catch(() => {})
      await send(socket, Buffer.from('zINSTREAM\0'))
      return scanOn(socket, answer)
    }
  }
}

function scanOn (socket: Socket, answer: Promise<string>): Scan {
  return {
    async write (piece) {
      for (let at = 0; at < piece.length; at += pieceBytesMax) {
        const part = piece.subarray(at, at + pieceBytesMax)
        const length = Buffer.alloc(4)
        length.writeUInt32BE(part.length)
        await send(socket, Buffer.concat([length, part]))
      }
    },
    async end () {
      await send(socket, Buffer.alloc(4))
      const said = await met(socket, answer)
      if (said === 'stream: OK') return undefined
      const found = /^stream: (.+) FOUND$/.exec(said)?.[1]
      if (found === undefined) throw new ScannerUnavailable(`clamd did not scan: ${said.slice(0, 200)}`)
      return found
    },
    close: () => socket.destroy()
  }
}

async function send (socket: Socket, bytes: Buffer): Promise<void> {
  await met(
    socket,
    new Promise<void>((resolve, reject) => {
      if (socket.destroyed) reject(new Error('clamd has closed the connection'))
      else socket.write(bytes, (error) => error == null ? resolve() : reject(error))
    })
  )
}

/** What clamd says, up to the null byte that ends it. */
async function answerOf (socket: Socket): Promise<string> {
  return await new Promise((resolve, reject) => {
    let said = Buffer.alloc(0)
    socket.on('data', (piece: Buffer) => {
      said = Buffer.concat([said, piece])
      const end = said.indexOf(0)
      if (end >= 0) resolve(said.subarray(0, end).toString('utf8').trim())
      else if (said.length > answerBytesMax) reject(new Error('clamd answers without end'))
    })
    socket.on('close', () => reject(socket.errored ?? new Error('clamd has closed the connection')))
  })
}

async function met<T> (socket: Socket, step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (error) {
    socket.destroy()
    throw new ScannerUnavailable(`the virus scanner cannot be used: ${(error as Error).message}`, { cause: error })
  }
}
