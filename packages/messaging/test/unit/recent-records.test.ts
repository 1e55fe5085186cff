import fc from 'fast-check'
import t from 'tap'
import type { InRecord, OutRecord } from '../../src/bus.ts'
import { RecentRecords } from '../../src/pg-log/recent-records.ts'

const topic = 'dueline.ticket'

function record (partition: number, text: string): OutRecord {
  return { topic, partition, key: 'k', headers: {}, value: Buffer.from(text) }
}

function texts (records: readonly InRecord[] | undefined): string[] | undefined {
  return records?.map(({ value }) => Buffer.from(value).toString())
}

t.test('what is read is what the log holds there, whoever appended in between', (t) => {
  const publish = fc.record({ ours: fc.boolean(), partitions: fc.array(fc.nat(1), { minLength: 1, maxLength: 6 }) })
  fc.assert(
    fc.property(fc.array(publish, { maxLength: 20 }), (publishes) => {
      const recent = new RecentRecords()
      const log: string[][] = [[], []]
      for (const { ours, partitions } of publishes) {
        const batch = partitions.map((partition, i) => record(partition, `${log[partition]!.length} ${i}`))
        for (const { partition, value } of batch) log[partition]!.push(Buffer.from(value).toString())
        if (!ours) continue
        const ends = [...new Set(partitions)].map((part) => ({ topic, part, off: log[part]!.length }))
        recent.add(batch, ends)
        for (const { part, off } of ends) {
          const count = partitions.filter((partition) => partition === part).length
          if (texts(recent.read({ topic, part, off: off - count }, 100, 1e6))?.length !== count) return false
        }
      }
      for (const [part, all] of log.entries()) {
        for (let off = 0; off <= all.length; off++) {
          const found = recent.read({ topic, part, off }, 100, 1e6)
          if (found === undefined) continue
          if (found.some(({ offset }, i) => offset !== BigInt(off + i))) return false
          if (texts(found)!.join() !== all.slice(off, off + found.length).join()) return false
        }
        if (recent.read({ topic, part, off: all.length }, 100, 1e6) !== undefined) return false
      }
      return true
    }),
    { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 1_000) }
  )
  t.end()
})

t.test('a publish of another process makes a gap: what lies before it is forgotten', async (t) => {
  const recent = new RecentRecords()
  recent.add([record(0, 'a'), record(0, 'b')], [{ topic, part: 0, off: 2 }])
  t.strictSame(texts(recent.read({ topic, part: 0, off: 0 }, 10, 100)), ['a', 'b'])
  t.strictSame(texts(recent.read({ topic, part: 0, off: 1 }, 10, 100)), ['b'])
  recent.add([record(0, 'd')], [{ topic, part: 0, off: 4 }])
  t.equal(recent.read({ topic, part: 0, off: 0 }, 10, 100), undefined)
  t.equal(recent.read({ topic, part: 0, off: 2 }, 10, 100), undefined, 'the record of the other')
  t.strictSame(texts(recent.read({ topic, part: 0, off: 3 }, 10, 100)), ['d'])
  t.equal(recent.read({ topic, part: 1, off: 0 }, 10, 100), undefined)
})

t.test('a batch is bounded in records and bytes, and holds one record at least', async (t) => {
  const recent = new RecentRecords()
  recent.add(['aaaa', 'bb', 'cc', 'dd'].map((text) => record(0, text)), [{ topic, part: 0, off: 4 }])
  t.strictSame(texts(recent.read({ topic, part: 0, off: 0 }, 2, 100)), ['aaaa', 'bb'])
  t.strictSame(texts(recent.read({ topic, part: 0, off: 0 }, 10, 3)), ['aaaa'])
  t.strictSame(texts(recent.read({ topic, part: 0, off: 1 }, 10, 4)), ['bb', 'cc'])
})

t.test('memory is bounded: the oldest publishes go first, of whatever partition', async (t) => {
  const recent = new RecentRecords()
  const large = 'x'.repeat(1_000_000)
  for (let n = 1; n <= 6; n++) {
    for (const part of [0, 1]) recent.add([record(part, large)], [{ topic, part, off: n }])
  }
  for (const part of [0, 1]) {
    t.equal(recent.read({ topic, part, off: 1 }, 10, 1e9), undefined)
    t.equal(recent.read({ topic, part, off: 2 }, 10, 1e9)?.length, 4)
  }
})
