import t from 'tap'
import { LongKeys } from '../../src/long-keys.ts'

const found = (text: string): { key: string }[] => [...text].map((key) => ({ key }))

t.test('a key is long when it fills more than a quarter of a full batch', async (t) => {
  const long = new LongKeys()
  long.observe(found('aaaabcde'), [], 9)
  t.same(long.keys, [], 'the batch is not full')
  long.observe(found('aaabbcde'), [], 8)
  t.same(long.keys, ['a'])
})

t.test('it stays long while its batches are full, and others join it', async (t) => {
  const long = new LongKeys()
  long.observe(found('aaaa'), [], 4)
  long.observe(found('bbbc'), found('aaaa'), 4)
  t.same(long.keys, ['a', 'b'])
  long.observe(found('c'), found('aabb'), 4)
  t.same(long.keys, ['a', 'b'])
  long.observe([], found('bb'), 4)
  t.same(long.keys, [], 'nothing more of them waits')
})

t.test('how many keys are distinguished is bounded', async (t) => {
  const long = new LongKeys()
  for (let i = 0; i < 1_200; i++) {
    const key = `key-${i}`
    long.observe([{ key }, { key }], [{ key }, { key }], 2)
  }
  t.equal(long.keys.length, 1_000)
})

t.test('it says when other keys are long than before', async (t) => {
  const long = new LongKeys()
  t.notOk(long.observe(found('abcd'), [], 4))
  t.ok(long.observe(found('aabc'), [], 4), 'one is')
  t.notOk(long.observe(found('bc'), found('aaaa'), 4))
  t.ok(long.observe(found('bbbc'), found('aa'), 4), 'another one instead')
  t.ok(long.observe([], [], 4), 'none')
})
