import fc from 'fast-check'
import t from 'tap'
import { nextTogether, type InTurn } from '../../src/next-together.ts'

const waiting = (...sizes: number[]): InTurn[] => sizes.map((size) => ({ size, passed: false }))
const sizesOf = (taken: readonly InTurn[]): number[] => taken.map(({ size }) => size)

t.test('little work goes before much, and together', async (t) => {
  const queue = waiting(500, 500, 3, 1)
  t.same(sizesOf(nextTogether(queue, 500)), [1, 3])
  t.same(sizesOf(nextTogether(queue, 500)), [500])
  t.same(sizesOf(nextTogether(queue, 500)), [500])
  t.same(queue, [])
})

t.test('who was passed over goes next, whatever comes', async (t) => {
  const queue = waiting(500, 1)
  t.same(sizesOf(nextTogether(queue, 500)), [1])
  queue.push(...waiting(1, 2))
  t.same(sizesOf(nextTogether(queue, 500)), [500])
  t.same(sizesOf(nextTogether(queue, 500)), [1, 2])
})

t.test('what is more than fits goes alone', async (t) => {
  const queue = waiting(700, 600)
  t.same(sizesOf(nextTogether(queue, 500)), [600])
  t.same(sizesOf(nextTogether(queue, 500)), [700])
})

t.test('whatever comes when: each is taken once, in bounds, and passed over in one turn at most', async (t) => {
  const size = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(fc.array(fc.array(size, { maxLength: 6 }), { minLength: 1, maxLength: 30 }), (arrivals) => {
      const queue: (InTurn & { cameIn: number, passes: number })[] = []
      let taken = 0
      for (let turn = 0; turn < arrivals.length || queue.length > 0; turn++) {
        queue.push(...waiting(...arrivals[turn] ?? []).map((each) => ({ ...each, cameIn: turn, passes: 0 })))
        if (queue.length === 0) continue
        const now = nextTogether(queue, 10)
        taken += now.length
        const sum = now.reduce((all, { size }) => all + size, 0)
        if (now.length === 0 || (sum > 10 && now.length > 1)) return false
        for (const left of queue) if (now.some(({ cameIn }) => cameIn > left.cameIn)) left.passes++
        if (queue.some(({ passes }) => passes > 1)) return false
      }
      return taken === arrivals.flat().length
    }),
    { numRuns: Number(process.env['DUELINE_PROPERTY_RUNS'] ?? 1_000) }
  )
})
