import t from 'tap'
import { Slices } from '../../src/routes/slices.ts'

/** Steps of a millisecond each. */
function* steps (count: number, result: string, log: string[] = []): Generator<undefined, string, undefined> {
  for (let step = 0; step < count; step++) {
    const endMs = performance.now() + 1
    while (performance.now() < endMs);
    yield
  }
  log.push(result)
  return result
}

t.test('what is long lets others in between, and what waits comes one after another', async (t) => {
  const slices = new Slices()
  const log: string[] = []
  let turns = 0
  const counting = setInterval(() => turns++, 1)
  const all = await Promise.all([
    slices.run(() => steps(40, 'first', log)),
    slices.run(() => steps(1, 'second', log)),
    slices.run(() => steps(0, 'third', log))
  ])
  clearInterval(counting)
  t.same(all, ['first', 'second', 'third'])
  t.same(log, ['first', 'second', 'third'])
  t.ok(turns >= 3, `a timer had ${turns} turns`)
})

t.test('one that fails keeps no other back', async (t) => {
  const slices = new Slices()
  const failing = slices.run(function* () {
    throw new Error('no')
  })
  const next = slices.run(() => steps(1, 'next'))
  await t.rejects(failing, { message: 'no' })
  t.equal(await next, 'next')
})
