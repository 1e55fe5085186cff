import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { backoff, createLogger, createPoller, Signal, type Pass } from '../../src/index.ts'
import { loopConformance } from '../../src/conformance.ts'

const logger = createLogger({ service: 'test', level: 'silent' })
const quick = backoff({ initialMs: 1, maxMs: 4, jitter: 0 })

t.test('every poller keeps the lifecycle', async (t) => {
  for (const outcome of ['busy', 'idle'] as const) {
    await loopConformance(t, outcome, () => {
      let begun = 0
      const loop = createPoller({
        name: outcome,
        idleMs: 1,
        logger,
        run: async () => {
          begun++
          return outcome
        }
      })
      return { loop, begun: () => begun, nextPass: () => loop.passes.next() }
    })
  }
  await loopConformance(t, 'failing', () => {
    let begun = 0
    const loop = createPoller({
      name: 'failing',
      idleMs: 1,
      logger,
      backoff: quick,
      run: async () => {
        begun++
        throw new Error('no')
      }
    })
    return { loop, begun: () => begun, nextPass: () => loop.passes.next() }
  })
})

t.test('stop waits for the pass that runs', async (t) => {
  let finish: () => void = () => {}
  const steps: string[] = []
  const entered = new Signal<void>()
  const loop = createPoller({
    name: 'slow',
    idleMs: 1,
    logger,
    run: async (signal) => {
      await new Promise<void>((resolve) => {
        finish = resolve
        entered.emit()
      })
      steps.push(signal.aborted ? 'pass ended after the abort' : 'pass ended')
      return 'idle'
    }
  })
  const running = entered.next()
  await loop.start()
  await running
  const stopped = loop.stop().then(() => steps.push('stopped'))
  setImmediate(finish)
  await stopped
  t.same(steps, ['pass ended after the abort', 'stopped'])
})

t.test('a restart while stop drains never runs two passes at once', async (t) => {
  let active = 0
  let most = 0
  const loop = createPoller({
    name: 'overlap',
    idleMs: 1,
    logger,
    run: async () => {
      most = Math.max(most, ++active)
      await nextTurn()
      active--
      return 'busy'
    }
  })
  const stops: Promise<void>[] = []
  for (let i = 0; i < 10; i++) {
    await loop.start()
    stops.push(loop.stop())
  }
  await Promise.all([loop.stop(), ...stops])
  t.equal(most, 1)
  t.equal(active, 0)
})

t.test('wake ends an idle wait', async (t) => {
  const loop = createPoller({ name: 'sleeper', idleMs: 60_000, logger, run: async () => 'idle' })
  const first = loop.passes.next()
  await loop.start()
  await first
  await new Promise((resolve) => setImmediate(resolve))
  const second = loop.passes.next()
  loop.wake()
  await second
  await loop.stop()
  t.pass('woken')
})

t.test('wake during a pass is not lost', async (t) => {
  let passes = 0
  const loop = createPoller({
    name: 'woken while running',
    idleMs: 60_000,
    logger,
    run: async () => {
      if (++passes === 1) loop.wake()
      return 'idle'
    }
  })
  const second = loop.passes.next(() => passes === 2)
  await loop.start()
  await second
  await loop.stop()
  t.equal(passes, 2)
})

t.test('errors are waited out, wake does not hammer, and the loop goes on', async (t) => {
  const outcomes: Pass['outcome'][] = []
  let passes = 0
  const waits: number[] = []
  const loop = createPoller({
    name: 'flaky',
    idleMs: 1,
    logger,
    backoff: {
      nextMs (attempt) {
        waits.push(attempt)
        return 1
      }
    },
    run: async () => {
      passes++
      loop.wake()
      if (passes <= 3) throw new Error('the database is away')
      return 'idle'
    }
  })
  const recovered = loop.passes.next(({ outcome }) => {
    outcomes.push(outcome)
    return outcome === 'idle'
  })
  await loop.start()
  await recovered
  await loop.stop()
  t.same(outcomes, ['failed', 'failed', 'failed', 'idle'])
  t.same(waits, [1, 2, 3], 'failures in a row are counted')
})

t.test('a signal wakes only who accepts the value', async (t) => {
  const signal = new Signal<number>()
  signal.emit(1)
  const three = signal.next((value) => value === 3)
  const any = signal.next()
  signal.emit(2)
  t.equal(await any, 2)
  signal.emit(3)
  t.equal(await three, 3)
})

t.test('backoff grows, has a ceiling, and jitters downwards only', async (t) => {
  const waits = backoff({ initialMs: 10, maxMs: 100, jitter: 0 })
  t.same([1, 2, 3, 4, 5, 1e9].map((attempt) => waits.nextMs(attempt)), [10, 20, 40, 80, 100, 100])
  const jittered = backoff({ initialMs: 100, maxMs: 100, jitter: 0.5, random: { next: () => 0.999999 } })
  t.equal(jittered.nextMs(1), 50)
})
