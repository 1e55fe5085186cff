import t from 'tap'
import { createSystemClock, systemClock, systemIds } from '../../src/index.ts'

/** A machine whose true time, wall error and monotonic error the test controls. */
function machine (startMs: number) {
  const state = { trueMs: startMs, wallErrorMs: 0 }
  const clock = createSystemClock({
    wallMs: () => Math.floor(state.trueMs + state.wallErrorMs),
    monotonicMs: () => state.trueMs - startMs,
    originMs: startMs
  })
  return { state, clock }
}

t.test('microseconds, not only milliseconds', async (t) => {
  const { state, clock } = machine(1_000)
  state.trueMs = 1_000.2505
  t.equal(clock.now(), 1_000_250)
})

t.test('follows a wall clock that is slewed, and never goes backwards', async (t) => {
  const { state, clock } = machine(10_000)
  let last = 0
  for (let i = 0; i < 20_000; i++) {
    state.trueMs += 0.137
    state.wallErrorMs += i < 10_000 ? 0.0005 : -0.0005
    const now = clock.now()
    if (now < last) t.fail(`went back by ${last - now} µs`)
    last = now
    const wall = (state.trueMs + state.wallErrorMs) * 1000
    if (Math.abs(now - wall) > 1_000) t.fail(`is ${now - wall} µs off`)
  }
  t.pass()
})

t.test('follows a step of the wall clock, in both directions', async (t) => {
  const { state, clock } = machine(50_000)
  clock.now()
  state.wallErrorMs = 3_600_000
  t.equal(Math.floor(clock.now() / 1000), 3_650_000)
  state.wallErrorMs = 0
  t.equal(Math.floor(clock.now() / 1000), 50_000)
})

t.test('the machine: near Date.now, growing, and finer than a millisecond', async (t) => {
  const readings: number[] = []
  for (let i = 0; i < 5_000; i++) readings.push(systemClock.now())
  t.ok(readings.every((value, i) => Number.isSafeInteger(value) && (i === 0 || value >= readings[i - 1]!)))
  t.ok(readings.some((value) => value % 1000 !== 0))
  const beforeMs = Date.now()
  const nowMs = systemClock.now() / 1_000
  const afterMs = Date.now()
  t.ok(nowMs > beforeMs - 5 && nowMs < afterMs + 5, `${nowMs} lies from ${beforeMs} to ${afterMs}`)
})

t.test('ids are version 7 and grow', async (t) => {
  const ids = Array.from({ length: 1_000 }, () => systemIds.next())
  t.match(ids[0], /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.same([...ids].sort(), ids)
  t.equal(new Set(ids).size, ids.length)
})
