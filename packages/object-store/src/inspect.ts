import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Findings } from './domain/verdict.ts'
import type { Scanner } from './scanner.ts'
import type { ObjectStore } from './store.ts'

/**
 * Reads an object once for its size, hash and infections, and its beginning once more for its type. Memory does not
 * grow with the object. @throws ObjectNotFound, ObjectStoreUnavailable, ScannerUnavailable
 */
export async function inspect (store: ObjectStore, key: string, scanner: Scanner | undefined): Promise<Findings> {
  const foundType = await typeOf(store, key)
  const scan = await scanner?.begin()
  try {
    const { body } = await store.get(key)
    const hash = createHash('sha256')
    const text = textCheck()
    let sizeBytes = 0
    for await (const piece of body as AsyncIterable<Buffer>) {
      sizeBytes += piece.length
      hash.update(piece)
      text.look(piece)
      await scan?.write(piece)
    }
    const infection = await scan?.end()
    return { sizeBytes, sha256: hash.digest('hex'), foundType, isText: text.isText(), infection }
  } finally {
    scan?.close()
  }
}

async function typeOf (store: ObjectStore, key: string): Promise<string | undefined> {
  // loaded with the first file: a service that gets none does not pay for it
  const { fileTypeFromStream } = await import('file-type')
  const { body } = await store.get(key)
  try {
    const found = await fileTypeFromStream(Readable.toWeb(body) as ReadableStream<Uint8Array> as never)
    return found?.mime
  } finally {
    body.destroy()
  }
}

/** Whether bytes could be a text: without control characters but tab and line ends, or UTF-16 with its mark. */
function textCheck (): { look(piece: Buffer): void, isText(): boolean } {
  const allowed = new Set([9, 10, 12, 13])
  let isText = true
  let first = Buffer.alloc(0)
  return {
    look (piece) {
      if (first.length < 2) first = Buffer.concat([first, piece.subarray(0, 2 - first.length)])
      if (isText) isText = !piece.some((byte) => byte < 32 && !allowed.has(byte))
    },
    isText: () => isText || (first.length === 2 && ['fffe', 'feff'].includes(first.toString('hex')))
  }
}
