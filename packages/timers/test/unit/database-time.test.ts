import t from 'tap'
import { DatabaseTime, monotonicMicros } from '../../src/database-time.ts'

t.test('the offset is that of the fastest of the last nine answers, so that slow ones do not count', async (t) => {
  const time = new DatabaseTime()
  t.notOk(time.known)
  time.observe(9_000_000_000, 0, 800)
  t.ok(time.known)
  const near = (offset: number) => Math.abs(time.now() - (monotonicMicros() + offset)) < 50_000
  t.ok(near(9_000_000_000), 'one answer is better than none')
  time.observe(1_000_000_000, 0, 100)
  for (let i = 0; i < 8; i++) time.observe(3_000_000_000, 0, 700)
  t.ok(near(1_000_000_000))
  time.observe(2_000_000_000, 0, 600)
  t.ok(near(2_000_000_000), 'after nine it is forgotten')
})
