import t from 'tap'
import { batchesOf, lanesOf, testFiles, tierOf } from '../../tools/test-order.ts'

t.test('every test file has a tier, which its folder names', async (t) => {
  const tiers = new Set(testFiles([]).map(tierOf))
  t.same([...tiers], ['unit', 'tools', 'db', 'api', 's3', 'kafka', 'e2e'])
  t.throws(() => tierOf('services/ticket/test/some.test.ts'), /is in no folder of unit, tools/)
  t.throws(() => tierOf('services/unit/test/some.test.ts'), /is in no folder/)
})

t.test('quick is unit, db and api; other arguments are parts of paths', async (t) => {
  const quick = testFiles(['quick'])
  t.same([...new Set(quick.map(tierOf))], ['unit', 'db', 'api'])
  t.ok(quick.length > 150)
  t.same(testFiles(['no-such-part']), [])
  t.same(testFiles(['test/runner/test-order', 'test/metrics']), [
    'test/metrics.test.ts',
    'test/runner/test-order.test.ts'
  ])
})

t.test('batches hold every file once, and those of one folder only', async (t) => {
  const files = testFiles([])
  const batches = batchesOf(files)
  t.same(batches.flat().sort(), [...files].sort())
  for (const batch of batches) {
    t.equal(new Set(batch.map((file) => file.slice(0, file.lastIndexOf('/')))).size, 1)
    const [first = ''] = batch
    t.ok(batch.length === 1 || tierOf(first) !== 'e2e' || first.startsWith('test/e2e/one-stack/'), batch.join())
  }
  t.equal(batches.filter(([file]) => file?.startsWith('test/e2e/one-stack/')).length, 1, 'in one process')
  t.ok(batches.length < files.length * 0.6, 'most files share a process')
})

t.test('unit tests come first, then what takes longest', async (t) => {
  const [unit, quick, slow] = ['services/a/test/unit/u.test.ts', 'services/a/test/db/q.test.ts', 'test/e2e/s.test.ts']
  t.same(batchesOf([quick, slow, unit]), [[unit], [slow], [quick]])
  t.same(batchesOf([quick, slow, unit], { [quick]: 2_000, [slow]: 1_000, [unit]: 1 }), [[unit], [quick], [slow]])
})

t.test('every batch is in a lane, and brokers in one only', async (t) => {
  const batches = batchesOf(testFiles([]))
  for (const concurrency of [1, 2, 8]) {
    const lanes = lanesOf(batches, concurrency)
    t.equal(lanes.length, concurrency === 1 ? 1 : concurrency + 2)
    t.equal(new Set(lanes.flat(2)).size, batches.length)
    t.equal(lanes.filter((queues) => queues.flat(2).some((file) => tierOf(file) === 'kafka')).length, 1)
  }
})
