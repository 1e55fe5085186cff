import { setTimeout as idle } from 'node:timers/promises'
import t from 'tap'
import { createLoadMeter } from '../../src/load.ts'

function spin (ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end) { /* the loop is not let go */ }
}

t.test('load rises while the loop has no rest and falls while it waits', async (t) => {
  const load = createLoadMeter()
  spin(400)
  // utilization counts up to the end of a turn
  await idle(1)
  const busy = load()
  t.ok(busy > 0.2 && busy <= 1, `busy: ${busy}`)
  // waiting is what is measured here
  await idle(400)
  const rested = load()
  t.ok(rested < busy && rested >= 0, `rested: ${rested} after ${busy}`)
})
