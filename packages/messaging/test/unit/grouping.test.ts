import t from 'tap'
import { completeEvent } from '../../src/index.ts'
import { groupCalls, type Handler } from '../../src/grouping.ts'
import { newEvent } from '../support/events.ts'

const a: Handler = async () => {}
const b: Handler = async () => {}
const handlers = new Map([['A', a], ['A2', a], ['B', b]])
/** `type:key` in order. */
function calls (...steps: string[]): string[] {
  const events = steps.map((step, i) =>
    completeEvent(newEvent(step.split(':')[1]!, i, { type: step.split(':')[0] as never }))
  )
  return groupCalls(events, handlers).map(({ handler, events }) =>
    `${handler === a ? 'a' : 'b'}(${events.map((event) => `${event.type}:${event.partitionkey}`).join(' ')})`
  )
}

t.test('one call per handler while keys allow it', async (t) => {
  t.strictSame(calls('A:1', 'B:2', 'A2:3', 'B:4', 'A:5'), ['a(A:1 A2:3 A:5)', 'b(B:2 B:4)'])
})

t.test('no event overtakes another one of its key', async (t) => {
  t.strictSame(calls('A:1', 'B:1', 'A:1', 'A:2'), ['a(A:1 A:2)', 'b(B:1)', 'a(A:1)'])
  t.strictSame(calls('A:1', 'B:1', 'A:1', 'B:2', 'B:1'), ['a(A:1)', 'b(B:1 B:2)', 'a(A:1)', 'b(B:1)'])
})

t.test('events without a handler are left out', async (t) => {
  t.strictSame(calls('X:1', 'A:1'), ['a(A:1)'])
})

t.test('whatever the mix: every event once, in order per key', async (t) => {
  let seed = 7
  const next = (n: number): number => (seed = seed * 48271 % 2147483647) % n
  for (let run = 0; run < 200; run++) {
    const events = Array.from(
      { length: 40 },
      (_, i) => completeEvent(newEvent(`k${next(5)}`, i, { type: ['A', 'A2', 'B'][next(3)] as never }))
    )
    const out = groupCalls(events, handlers).flatMap((call) => call.events)
    if (out.length !== events.length) t.fail('an event is missing')
    for (let k = 0; k < 5; k++) {
      const order = out.filter((event) => event.partitionkey === `k${k}`).map((event) => event.sequence)
      if (order.some((n, i) => i > 0 && n < order[i - 1]!)) t.fail(`out of order: ${order.join()}`)
    }
  }
  t.pass('200 mixes')
})
