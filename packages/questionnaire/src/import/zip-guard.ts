import { inflateRawSync } from 'node:zlib'
import { FileRefused } from './issue.ts'

/** The most that a workbook may hold. */
export const zipLimits = { bytes: 20_000_000, entries: 2_000, unpackedBytes: 100_000_000, ratio: 200 } as const

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50

/**
 * Names of the files in a zip archive, after each was unpacked once within bounds: what the archive claims is not
 * trusted. Throws FileRefused for what is no archive, for too much, and for what claims other sizes than it has.
 */
export function guardedEntries (bytes: Uint8Array): string[] {
  if (bytes.length > zipLimits.bytes) throw tooLarge(`is larger than ${zipLimits.bytes} bytes`)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = buffer.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0 || end + 22 > buffer.length || buffer.readUInt32LE(end) !== END) throw broken()
  const count = buffer.readUInt16LE(end + 10)
  if (count > zipLimits.entries) throw tooLarge(`holds more than ${zipLimits.entries} files`)
  const names: string[] = []
  let at = buffer.readUInt32LE(end + 16)
  let unpacked = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > buffer.length || buffer.readUInt32LE(at) !== ENTRY) throw broken()
    const nameLength = buffer.readUInt16LE(at + 28)
    names.push(buffer.toString('utf8', at + 46, at + 46 + nameLength))
    unpacked += sizeOf(buffer, at, zipLimits.unpackedBytes - unpacked)
    at += 46 + nameLength + buffer.readUInt16LE(at + 30) + buffer.readUInt16LE(at + 32)
  }
  if (new Set(names).size < names.length) throw new FileRefused('archive_broken', 'holds a file twice')
  return names
}

function sizeOf (buffer: Buffer, entry: number, left: number): number {
  if ((buffer.readUInt16LE(entry + 8) & 1) === 1) throw new FileRefused('encrypted', 'is protected by a password')
  const method = buffer.readUInt16LE(entry + 10)
  const packed = buffer.readUInt32LE(entry + 20)
  const claimed = buffer.readUInt32LE(entry + 24)
  const local = buffer.readUInt32LE(entry + 42)
  if (claimed > left) throw tooLarge(`unpacks to more than ${zipLimits.unpackedBytes} bytes`)
  if (claimed > 1_000_000 && claimed > packed * zipLimits.ratio) throw tooLarge('is packed more than 200 times')
  if (local + 30 > buffer.length || buffer.readUInt32LE(local) !== LOCAL) throw broken()
  const start = local + 30 + buffer.readUInt16LE(local + 26) + buffer.readUInt16LE(local + 28)
  if (start + packed > buffer.length || (method !== 0 && method !== 8)) throw broken()
  if (method === 0 ? packed !== claimed : inflatedSize(buffer.subarray(start, start + packed), claimed) !== claimed) {
    throw new FileRefused('archive_broken', 'claims another size than it has')
  }
  return claimed
}

function inflatedSize (packed: Buffer, claimed: number): number {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, claimed) }).length
  } catch {
    return -1
  }
}

function tooLarge (message: string): FileRefused {
  return new FileRefused('archive_too_large', message)
}

function broken (): FileRefused {
  return new FileRefused('archive_broken', 'is no workbook: its archive cannot be read')
}
