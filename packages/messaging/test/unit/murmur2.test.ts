import t from 'tap'
import { murmur2, partitionOf } from '../../src/index.ts'

const golden = {
  21: -973932308,
  foobar: -790332482,
  'a-little-bit-long-string': -985981536,
  'a-little-bit-longer-string': -1486304829,
  lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
  abc: 479470107
}

t.test('hashes as the Java client does', async (t) => {
  for (const [key, hash] of Object.entries(golden)) t.equal(murmur2(Buffer.from(key)), hash, key)
})

t.test('a partition is the positive hash modulo the count', async (t) => {
  t.equal(partitionOf('abc', 12), 479470107 % 12)
  t.equal(partitionOf('foobar', 12), (-790332482 & 0x7fffffff) % 12)
  const found = new Set(Array.from({ length: 1000 }, (_, i) => partitionOf(`key ${i} ü`, 7)))
  t.same([...found].sort(), [0, 1, 2, 3, 4, 5, 6])
})
