// The limits of threads are tested with what runs in them, in services/template and services/sla-policy.
import t from 'tap'
import { createThreads, inTurns, ThreadLimitError, ThreadsBusyError } from '../../src/threads.ts'

const limits = { timeoutMs: 60_000, memoryMb: 64 }
const onTask = (text: string): URL => {
  const program = `import { parentPort } from 'node:worker_threads'
    parentPort.on('message', (task) => { ${text} })`
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`)
}
const same = 'parentPort.postMessage({ result: task })'

t.test('each task gets its own answer; the first that cannot wait is refused, those that do are not', async (t) => {
  const threads = createThreads<number, number>({ ...limits, program: onTask(same), threads: 1, waitingMax: 2 })
  const running = [1, 2, 3, 4].map(async (task) => await threads.run(task).catch((error: unknown) => error))
  const [one, two, three, four] = await Promise.all(running)
  t.same([one, two, three], [1, 2, 3])
  t.ok(four instanceof ThreadsBusyError)
  t.equal(await threads.run(5), 5)
})

t.test('what takes too long is ended, and the task after it has a new thread', async (t) => {
  const program = onTask(`if (task === 'slow') for (;;); ${same}`)
  const threads = createThreads<string, string>({ ...limits, timeoutMs: 5_000, program, threads: 1 })
  const [slow, next] = await Promise.all(['slow', 'next'].map(async (task) => {
    return await threads.run(task).catch((error: unknown) => error)
  }))
  t.ok(slow instanceof ThreadLimitError && slow.limit === 'time')
  t.equal(next, 'next')
})

t.test('work in turns lets others run after so many steps, and comes to the same as at once', async (t) => {
  function* steps (): Generator<void, string> {
    for (let step = 0; step < 1_000; step++) yield
    return 'done'
  }
  let turns = 0
  let isDone = false
  const count = (): void => {
    turns++
    if (!isDone) setImmediate(count)
  }
  setImmediate(count)
  t.equal(await inTurns(steps(), 100), 'done')
  isDone = true
  t.ok(turns >= 10, `${turns} turns of others`)
})
