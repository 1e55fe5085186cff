import t from 'tap'
import { DatabaseTime, monotonicMicros } from '../../src/database-time.ts'

t.test('the offset is the median of the last nine answers, so that a slow one does not count', async (t) => {
  const time = new DatabaseTime()
  t.notOk(time.known)
  for (let i = 0; i < 8; i++) time.observe(1_000_000_000 + i, i)
  time.observe(9_000_000_000, 0)
  t.ok(time.known)
  const near = (offset: number) => Math.abs(time.now() - (monotonicMicros() + offset)) < 5_000
  t.ok(near(1_000_000_000))
  for (let i = 0; i < 5; i++) time.observe(2_000_000_000, 0)
  t.ok(near(2_000_000_000), 'a real jump is followed after five')
})
