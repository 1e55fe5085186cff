import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import {
  createLogger,
  currentTraceparent,
  forCauses,
  inTrace,
  isTraceparent,
  newTraceparent,
  nextSpanOf,
  sameMatter
} from '../../src/index.ts'

const one = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const two = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'

t.test('what is waited for stays in its trace, and each in its own', async (t) => {
  t.equal(currentTraceparent(), undefined)
  const seen = await Promise.all([one, two].map(async (trace) =>
    await inTrace(() => trace, async () => {
      await turn()
      return [currentTraceparent(), currentTraceparent('any key')]
    })
  ))
  t.same(seen, [[one, one], [two, two]])
  let made = 0
  inTrace(() => `${made++}`, () => {})
  t.equal(made, 0, 'nobody asked')
  inTrace(() => `${made++}`, () => t.same([currentTraceparent(), currentTraceparent()], ['0', '0'], 'made once'))
})

t.test('in a batch each key has the trace of its own cause', async (t) => {
  const causes = [{ key: 'a', traceparent: one }, { key: 'b', traceparent: two }, { key: 'c', traceparent: undefined }]
  await forCauses(causes, async () => {
    await turn()
    t.same(['a', 'b', 'c', 'd'].map((key) => currentTraceparent(key)), [one, two, undefined, undefined])
    t.equal(currentTraceparent(), undefined, 'the batch as a whole is in no single trace')
    sameMatter('clock', 'b')
    t.equal(currentTraceparent('clock'), two)
  })
  forCauses(causes.slice(0, 1), () => t.equal(currentTraceparent('d'), one, 'all of it has one cause'))
  forCauses(
    [{ key: 'a', traceparent: one }, { key: 'a', traceparent: two }],
    () => t.equal(currentTraceparent('a'), two, 'the later cause counts')
  )
  sameMatter('a', 'b')
})

t.test('trace contexts are those of W3C', async (t) => {
  t.ok(isTraceparent(newTraceparent()))
  const next = nextSpanOf(two)
  t.ok(isTraceparent(next))
  t.not(next, two)
  t.same([next.slice(0, 36), next.slice(52)], [two.slice(0, 36), two.slice(52)], 'same trace and flags')
  for (
    const bad of [
      undefined,
      '',
      one.toUpperCase(),
      `ff${one.slice(2)}`,
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
      `${one}-00`
    ]
  ) t.notOk(isTraceparent(bad), String(bad))
})

t.test('log lines say in which trace they were written', async (t) => {
  const lines: string[] = []
  const logger = createLogger({ service: 'ticket', destination: { write: (line) => void lines.push(line) } })
  logger.info('outside')
  inTrace(() => one, () => logger.child({ requestId: 'r' }).info('inside'))
  t.same(lines.map((line) => JSON.parse(line).traceId), [undefined, one.slice(3, 35)])
})
