import t from 'tap'
import { FairQueue } from '../../src/fair-queue.ts'
import { Heap } from '../../src/heap.ts'
import { Window } from '../../src/window.ts'
import type { TimerRow } from '../../src/window.ts'

const row = (ownerId: string, fireAt: number, more: Partial<TimerRow> = {}): TimerRow => ({
  kind: 'k',
  tenantId: 'a',
  ownerId,
  dueAt: fireAt,
  fireAt,
  ...more
})
const ids = (entries: ReadonlyArray<{ ownerId: string }>): string => entries.map(({ ownerId }) => ownerId).join(' ')
const claimAt = (window: Window, now: number, max = 10): string => {
  window.release(now)
  return ids(window.claim(max, now + 5))
}

t.test('a heap gives everything back in order', async (t) => {
  const heap = new Heap<{ at: number }>()
  let seed = 7
  const values = Array.from({ length: 2_000 }, () => (seed = seed * 48_271 % 2_147_483_647) % 500)
  for (const at of values) heap.push({ at })
  const out: number[] = []
  for (let item = heap.shift(); item !== undefined; item = heap.shift()) out.push(item.at)
  t.same(out, [...values].sort((a, b) => a - b))
  t.equal(heap.size, 0)
})

t.test('a fair queue serves tenants in turn, each in its own order', async (t) => {
  const queue = new FairQueue<{ tenantId: string, n: number }>()
  for (let n = 0; n < 3_000; n++) queue.push({ tenantId: 'big', n })
  queue.push({ tenantId: 'small', n: 0 })
  queue.push({ tenantId: 'small', n: 1 })
  const first = [queue.shift(), queue.shift(), queue.shift(), queue.shift(), queue.shift()].map((item) =>
    `${item?.tenantId}${item?.n}`
  )
  t.same(first, ['big0', 'small0', 'big1', 'small1', 'big2'])
  for (let n = 3; n < 3_000; n++) if (queue.shift()?.n !== n) t.fail(`out of order at ${n}`)
  t.equal(queue.shift(), undefined)
  t.equal(queue.size, 0)
})

t.test('nothing is given out before its instant, and then in order', async (t) => {
  const window = new Window()
  for (const at of [30, 10, 20]) window.merge(row(`o${at}`, at), 0)
  t.equal(window.nextAt(), 10)
  t.equal(claimAt(window, 9), '')
  t.equal(claimAt(window, 25), 'o10 o20')
  t.equal(window.nextAt(), 30)
})

t.test('a load neither doubles what is known nor what is in flight', async (t) => {
  const window = new Window()
  window.merge(row('x', 10), 0)
  window.merge(row('x', 10), 0)
  t.equal(window.size, 1)
  window.release(10)
  const [entry] = window.claim(10, 15)
  window.merge(row('x', 10), 0)
  t.equal(window.size, 0)
  const begun = window.beginLoad()
  if (entry !== undefined) window.drop(entry)
  window.merge(row('x', 10), begun)
  t.equal(window.size, 0, 'a load that began before it was done with may still show it')
  window.merge(row('x', 20), begun)
  t.equal(window.size, 1, 'with another instant it is another')
  window.endLoad()
  window.forget(row('x', 0))
  window.merge(row('x', 10), window.beginLoad())
  t.equal(window.size, 1, 'a later load is right')
})

t.test('what this process committed beats a load that had begun before', async (t) => {
  const window = new Window()
  window.merge(row('x', 10), 0)
  const begun = window.beginLoad()
  window.hint(row('x', 50))
  window.merge(row('x', 10), begun)
  t.equal(window.nextAt(), 50)
  window.merge(row('x', 40), window.beginLoad())
  t.equal(window.nextAt(), 40, 'a later load knows better')
  window.forget(row('x', 0))
  t.equal(window.nextAt(), undefined)
  t.equal(claimAt(window, 99), '')
})

t.test('one owner is in flight once, whatever the kind', async (t) => {
  const window = new Window()
  window.hint(row('x', 10))
  window.hint(row('x', 10, { kind: 'other' }))
  window.release(10)
  const first = window.claim(10, 12)
  t.equal(first.length, 1)
  t.equal(ids(window.claim(10, 12)), '')
  t.equal(window.nextAt(), 12, 'the other waits')
  for (const entry of first) window.drop(entry)
  t.equal(claimAt(window, 12), 'x')
})

t.test('a busy owner comes back later, unless it was set anew meanwhile', async (t) => {
  const window = new Window()
  window.hint(row('x', 10))
  window.release(10)
  const [entry] = window.claim(1, 11)
  if (entry === undefined) throw new Error('nothing taken')
  window.putBack(entry, 16, entry.tries + 1)
  t.equal(window.nextAt(), 16)
  window.release(16)
  const [again] = window.claim(1, 17)
  t.match(again, { tries: 1, fireAt: 10 })
  window.hint(row('x', 70))
  if (again !== undefined) window.putBack(again, 21)
  t.equal(window.nextAt(), 70)
})

t.test('kinds take turns, and a batch has its bound', async (t) => {
  const window = new Window()
  for (let n = 0; n < 5; n++) {
    window.hint(row(`a${n}`, n))
    window.hint(row(`b${n}`, n, { kind: 'other' }))
  }
  window.release(9)
  t.same([1, 2, 3, 4].map(() => ids(window.claim(3, 9))), ['a0 a1 a2', 'b0 b1 b2', 'a3 a4', 'b3 b4'])
})

t.test('a kind is given out as far as it has room, what is in flight counted in, and the others go on', async (t) => {
  const window = new Window()
  for (let n = 0; n < 5; n++) {
    window.hint(row(`a${n}`, n))
    window.hint(row(`b${n}`, n, { kind: 'other' }))
  }
  window.release(9)
  let room = 0
  const claim = (max = 10) => window.claim(max, 9, (kind) => kind === 'k' ? room : Infinity)
  t.equal(ids(claim(3)), 'b0 b1 b2', 'no room: the other has its turn')
  t.equal(ids(claim()), 'b3 b4')
  t.equal(ids(claim()), '', 'and nothing is left but what there is no room for')
  t.equal(window.nextAt(), undefined, 'it is ready, nothing needs to wake for it')
  room = 3
  const first = claim(2)
  t.equal(ids(first), 'a0 a1')
  t.equal(ids(claim()), 'a2', 'two of the three are in flight')
  t.equal(ids(claim()), '')
  window.drop(first[0]!)
  window.putBack(first[1]!, 20)
  t.equal(ids(claim()), 'a3 a4', 'what is dropped or put back makes room')
  room = 4
  t.equal(claimAt(window, 20), 'a1')
})

t.test('a batch is bounded by its own size too, however much room there is', async (t) => {
  const window = new Window()
  for (let n = 0; n < 5; n++) window.hint(row(`a${n}`, n))
  window.release(9)
  t.equal(ids(window.claim(2, 9, () => 4)), 'a0 a1')
  t.equal(ids(window.claim(9, 9, () => 4)), 'a2 a3')
  t.equal(ids(window.claim(9, 9, () => -1)), '', 'room that is less than nothing is none')
})
