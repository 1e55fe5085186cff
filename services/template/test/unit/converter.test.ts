// What a file does in its thread, it does to nobody else.
import t from 'tap'
import { createConverter } from '../../src/conversion/converter.ts'

const task = { kind: 'check', questionnaire: {}, rules: [] } as const
const limits = { timeoutMs: 60_000, memoryMb: 64 }
/** A thread with another program. */
const program = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`)
const onTask = (text: string): URL =>
  program(`
  import { parentPort } from 'node:worker_threads'
  parentPort.on('message', () => { ${text} })`)

t.test('a thread is used again, and several at once give each its own answer', async (t) => {
  const converter = createConverter(limits)
  const results = await Promise.all(Array.from({ length: 5 }, async () => await converter.run(task)))
  for (const result of results) t.match(result, { kind: 'api', faults: [{ pointer: '/questionnaire' }] })
})

t.test('what never ends is refused, and the next task has a new thread', async (t) => {
  const converter = createConverter({ ...limits, timeoutMs: 200, threads: 1, program: onTask('for (;;);') })
  t.match(await converter.run(task), { refused: { code: 'too_slow' } })
  t.match(await converter.run(task), { refused: { code: 'too_slow' } })
})

t.test('what takes too much memory is refused', async (t) => {
  const grow = 'const all = []; for (;;) all.push(new Array(10_000).fill(Math.random()))'
  const converter = createConverter({ ...limits, memoryMb: 16, program: onTask(grow) })
  t.match(await converter.run(task), { refused: { code: 'too_large' } })
})

t.test('a reader that fails, and a thread that ends, fail the task alone', async (t) => {
  const failing = createConverter({ ...limits, program: onTask("parentPort.postMessage({ error: 'broken' })") })
  await t.rejects(failing.run(task), /broken/)
  const ending = createConverter({ ...limits, program: onTask('process.exit(3)') })
  await t.rejects(ending.run(task), /ended with 3/)
  const thrown = createConverter({ ...limits, program: program("throw new Error('at once')") })
  await t.rejects(thrown.run(task), /at once/)
})

t.test('a task is given up', async (t) => {
  const converter = createConverter({ ...limits, program: onTask('for (;;);') })
  const stopping = new AbortController()
  const running = converter.run(task, stopping.signal)
  stopping.abort()
  await t.rejects(running)
})
