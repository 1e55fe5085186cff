import t from 'tap'
import { BoundedMap, FreshCache } from '../../src/index.ts'

t.test('a bounded map forgets what was used longest ago', async (t) => {
  const map = new BoundedMap<number>(2)
  map.set('a', 1)
  map.set('b', 2)
  t.equal(map.get('a'), 1)
  map.set('c', 3)
  t.same([map.get('a'), map.get('b'), map.get('c')], [1, undefined, 3])
  map.delete('a')
  t.equal(map.get('a'), undefined)
})

t.test('a fresh cache has a value until its time is over, and 20,000 at most', async (t) => {
  let now = 0
  const cache = new FreshCache<number>({ now: () => now }, 10)
  cache.store('acme', 'a', 1)
  t.same(cache.split('acme', ['a', 'b', 'b']), { found: new Map([['a', 1]]), missing: ['b'] })
  t.same(cache.split('globex', ['a']).missing, ['a'])
  now = 9
  t.same(cache.split('acme', ['a']).missing, [])
  now = 10
  t.same(cache.split('acme', ['a']).missing, ['a'])
  cache.store('acme', 'a', 2)
  cache.forget('acme', 'a')
  t.same(cache.split('acme', ['a']).missing, ['a'])
  cache.store('acme', 'first', 1)
  for (let i = 0; i < 20_000; i++) cache.store('acme', `n${i}`, i)
  t.same(cache.split('acme', ['first', 'n0']).missing, ['first'])
})
