// Mutated workbooks: read or refused, never a crash, never longer than the worker's time.
import { readdirSync, readFileSync } from 'node:fs'
import { inflateRawSync, crc32 } from 'node:zlib'
import t from 'tap'
import { fuzz, mutatedBytes } from '../../../../test/harness/fuzz.ts'

const folder = new URL('../workbooks/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.xlsx'))
  .map((name) => [name, readFileSync(new URL(name, folder))] as const)
const words = [
  '<c r="A1" t="s"><v>0</v></c>',
  '<row r="1048576">',
  '</row>',
  '<v>999999999</v>',
  't="inlineStr"',
  '<si><t>begin_repeat</t></si>',
  '<si><t>select_one</t></si>',
  '<si><t>${</t></si>',
  '<si><t>not(selected(., ((((((</t></si>',
  'r="XFD1"',
  '&#x0;',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '-1'
]

t.test('workbooks', async (t) => {
  const worker = new URL('./fuzz-worker.ts', import.meta.url)
  const mutated = (bytes: Uint8Array, random: () => number) =>
    random() < 0.2 ? mutatedBytes(bytes, random, words) : withMutatedParts(bytes, random)
  await fuzz(t, { files, worker, mutated, runs: 120 })
})

/** Changes what is packed, and packs it anew: else nearly all would be refused for their archive. */
function withMutatedParts (bytes: Uint8Array, random: () => number): Uint8Array {
  const parts = partsOf(Buffer.from(bytes))
  const sheets = parts.filter(({ name }) => /sheet\d|sharedStrings|workbook\.xml$|styles/.test(name))
  const one = sheets[Math.floor(random() * sheets.length)]
  if (one !== undefined) one.content = Buffer.from(mutatedBytes(one.content, random, words))
  return archiveOf(parts)
}

interface Part {
  name: string
  content: Buffer
}

function partsOf (archive: Buffer): Part[] {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  const parts: Part[] = []
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [packed, nameLength] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28)]
    const local = archive.readUInt32LE(at + 42)
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
    const content = archive.subarray(start, start + packed)
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    parts.push({ name, content: archive.readUInt16LE(at + 10) === 8 ? inflateRawSync(content) : content })
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return parts
}

/** A zip archive whose files are not packed. */
function archiveOf (parts: Part[]): Buffer {
  const bodies: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const { name, content } of parts) {
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt32LE(crc32(content), 10)
    head.writeUInt32LE(content.length, 14)
    head.writeUInt32LE(content.length, 18)
    head.writeUInt16LE(Buffer.byteLength(name), 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    const body = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), head, Buffer.from(name), content])
    entries.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), head, tail, Buffer.from(name)]))
    bodies.push(body)
    offset += body.length
  }
  const central = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, central, end])
}
