import { inflateSync } from 'node:zlib'
import { type PdfLimits, refused } from './limits.ts'

/**
 * Throws FileRefused for what is no PDF, is too large, or has streams that unpack to more than they may. Each stream is
 * unpacked once, within the bound: readers of PDF have none themselves.
 */
export function guardBytes (bytes: Uint8Array, limits: PdfLimits): void {
  if (bytes.length > limits.bytes) throw refused('too_large', `is larger than ${limits.bytes} bytes`)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!buffer.subarray(0, 1024).includes('%PDF-')) throw refused('not_a_pdf', 'is no PDF: it does not begin like one')
  let left = limits.unpackedBytes
  for (let at = buffer.indexOf('stream'); at >= 0; at = buffer.indexOf('stream', at + 6)) {
    const start = startOf(buffer, at + 6)
    if (start === undefined) continue
    left -= unpackedSize(buffer.subarray(start), left)
    if (left < 0) throw refused('too_large', `unpacks to more than ${limits.unpackedBytes} bytes`)
  }
}

/** Where the packed bytes of a stream begin, if the word at hand begins one that is packed by deflate. */
function startOf (buffer: Buffer, after: number): number | undefined {
  const start = buffer[after] === 13 ? after + (buffer[after + 1] === 10 ? 2 : 1) : after + 1
  if (buffer[after] !== 10 && buffer[after] !== 13) return undefined
  const head = buffer.readUInt16BE(Math.min(start, buffer.length - 2))
  const isZlib = (head >> 8 & 0x0f) === 8 && head % 31 === 0
  return isZlib ? start : undefined
}

/** What has been packed more than once is unpacked as often; what breaks off counts as nothing. */
function unpackedSize (packed: Uint8Array, left: number): number {
  let size = 0
  let bytes: Uint8Array = packed
  for (let layer = 0; layer < 4; layer++) {
    const unpacked = inflated(bytes, left - size)
    if (unpacked === 'too_large') return Infinity
    if (unpacked === undefined) return size
    size += unpacked.length
    if (startOf(Buffer.concat([Buffer.from('\n'), unpacked.subarray(0, 2)]), 0) === undefined) return size
    bytes = unpacked
  }
  return Infinity
}

function inflated (packed: Uint8Array, most: number): Uint8Array | 'too_large' | undefined {
  try {
    return inflateSync(packed, { maxOutputLength: Math.max(1, most) })
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : undefined
  }
}
