import t from 'tap'
import { restMsAfter } from '../../src/relay-rest.ts'

const rest = (load: number, lastCount: number): number =>
  restMsAfter({ pollMs: 10, pollMsLoaded: 250, load, lastCount })

t.test('a process with time to spare rests shortly, whatever has come', async (t) => {
  for (const count of [0, 1, 500]) t.equal(rest(0, count), 10)
  t.equal(rest(0.5, 500), 20)
})

t.test('one without rests long after many events, and shortly after few', async (t) => {
  t.equal(rest(1, 500), 250)
  t.equal(rest(1, 20), 150)
  t.equal(rest(1, 1), 55)
  t.equal(rest(0.5, 1), 20, 'no longer than its load asks for')
})
