import t from 'tap'
import { createLowWatermark } from '../../src/low-watermark.ts'

const at = (nextSeq: number, oldestXid: bigint, nextXid: bigint) => ({ nextSeq, nextXid, oldestXid })

t.test('rises only behind transactions that could still hold a lower number', async (t) => {
  const mark = createLowWatermark()
  mark.observe(at(100, 50n, 60n), undefined)
  t.equal(mark.low, 0, 'numbers below 100 were given')
  mark.observe(at(200, 50n, 70n), undefined)
  t.equal(mark.low, 0, 'to transactions below 70')
  mark.observe(at(300, 69n, 90n), undefined)
  t.equal(mark.low, 0, 'one of which is open')
  mark.observe(at(400, 70n, 99n), undefined)
  t.equal(mark.low, 100, 'until all have ended')
})

t.test('never passes what is visible and not yet published', async (t) => {
  const mark = createLowWatermark()
  for (let i = 0; i < 3; i++) mark.observe(at(100, 70n, 70n), 42)
  t.equal(mark.low, 42)
})

t.test('never falls, but for a reset', async (t) => {
  const mark = createLowWatermark()
  for (let i = 0; i < 3; i++) mark.observe(at(100, 70n, 70n), undefined)
  for (let i = 0; i < 3; i++) mark.observe(at(120, 70n, 70n), 7)
  t.equal(mark.low, 100)
  mark.reset()
  t.equal(mark.low, 0)
})
