import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { createLoadMeter } from '../../src/load.ts'

/** A meter of a loop that works and waits as the test says. */
function meterOf (): { load: () => number, passes: (active: number, idle: number) => void } {
  const times = { active: 5_000, idle: 70_000 }
  return {
    load: createLoadMeter(() => ({ ...times })),
    passes: (activeMs, idleMs) => {
      times.active += activeMs
      times.idle += idleMs
    }
  }
}

t.test('load rises while the loop has no rest and falls while it waits', async (t) => {
  const { load, passes } = meterOf()
  t.equal(load(), 0, 'what was before it began does not count, nor does no time')
  passes(400, 0)
  const busy = load()
  t.ok(Math.abs(busy - (1 - Math.exp(-0.4))) < 1e-9, `busy: ${busy}`)
  t.equal(load(), busy, 'asked again at once it says the same')
  passes(0, 400)
  const rested = load()
  t.ok(Math.abs(rested - busy * Math.exp(-0.4)) < 1e-9, `rested: ${rested} after ${busy}`)
  passes(300, 700)
  t.ok(Math.abs(load() - (rested + (1 - Math.exp(-1)) * (0.3 - rested))) < 1e-9, 'and nears the share that is worked')
})

t.test('never above 1, however long the loop had no rest', async (t) => {
  const { load, passes } = meterOf()
  for (let turn = 0; turn < 100; turn++) {
    passes(60_000, 0)
    load()
  }
  const most = load()
  t.ok(most <= 1 && most > 0.999_999, `most: ${most}`)
})

t.test("without other times it reads this process's own loop", async (t) => {
  const load = createLoadMeter()
  // Utilization counts up to the end of a turn.
  for (let turn = 0; turn < 100; turn++) await nextTurn()
  const own = load()
  t.ok(own > 0 && own <= 1, `own: ${own}`)
})
