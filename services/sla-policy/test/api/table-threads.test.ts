// While a file or a whole table is worked on, others are answered; what goes wrong there is said and leaves nothing.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { ownHarness, type Harness } from './harness.ts'

const threads = new URL(import.meta.resolve('@dueline/runtime/threads'))
const tasks = new URL('../../src/spreadsheets/table-tasks.ts', import.meta.url)
const program = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`)

const file = 'name,targets.resolution\nA,PT1H\nB,PT2H'
const imported = async (h: Harness) => await h.send({ url: '/v1/sla-rows/import', file, type: 'text/csv' })
const names = async ({ call }: Harness): Promise<string[]> =>
  (await call('GET', '/sla-rows')).body.items.map(({ name }: { name: string }) => name)

t.test('others are answered while a file is read, a workbook written, and a table looked through', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'table-threads-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const [begun, go] = [join(folder, 'begun'), join(folder, 'go')]
  // holds its thread, as a large table would, until it is let go
  const held = program(`
    import { existsSync, writeFileSync } from 'node:fs'
    import { answerTasks } from '${threads.href}'
    import { answerTask } from '${tasks.href}'
    answerTasks(async (task) => {
      writeFileSync(${JSON.stringify(begun)}, task.kind)
      while (!existsSync(${JSON.stringify(go)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      return await answerTask(task)
    })`)
  const h = await ownHarness(t, { tableProgram: held })
  const works = {
    import: imported,
    export: async (h: Harness) => await h.send({ url: '/v1/sla-rows/export?format=xlsx' }),
    catalogue: async (h: Harness) => await h.send({ url: '/v1/catalogue/export?format=xlsx' }),
    findings: async (h: Harness) => await h.send({ url: '/v1/sla-rows/findings' })
  }
  for (const [name, work] of Object.entries(works)) {
    rmSync(begun, { force: true })
    rmSync(go, { force: true })
    let isDone = false
    const working = work(h).finally(() => {
      isDone = true
    })
    await eventually(() => existsSync(begun))
    t.equal((await h.call('GET', '/sla-rows')).status, 200, `${name}: another is answered`)
    t.notOk(isDone, 'before it')
    writeFileSync(go, '')
    t.equal((await working).statusCode, 200, name)
  }
  t.same((await names(h)).sort(), ['A', 'B'])
})

t.test('a thread that ends, fails or takes too much memory is said, and nothing is stored', async (t) => {
  const ending = await ownHarness(t, { tableProgram: program('process.exit(3)') })
  const answer = await imported(ending)
  t.match(answer.json(), { status: 503, code: 'unavailable', detail: 'it failed on the way; nothing was stored' })
  t.match(answer.headers, { 'retry-after': '5' })
  for (const url of ['/v1/sla-rows/findings', '/v1/sla-rows/export?format=xlsx', '/v1/catalogue/export?format=xlsx']) {
    t.match((await ending.send({ url })).json(), { status: 503, code: 'unavailable' }, url)
  }
  t.same(await names(ending), [])
  const onTask = (text: string): URL =>
    program(`import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => { ${text} })`)
  const growing = await ownHarness(t, {
    tableProgram: onTask('const all = []; for (;;) all.push(new Array(10_000).fill(Math.random()))')
  })
  t.match((await imported(growing)).json(), { status: 400, errors: [{ message: /^takes more than 32 MB of memory/ }] })
  t.match((await growing.send({ url: '/v1/sla-rows/findings' })).json(), { status: 503, detail: /too large/ })
  t.same(await names(growing), [])
})

t.test('more than can wait are asked to come again', async (t) => {
  const h = await ownHarness(t, { tableProgram: program("import 'node:worker_threads'; process.exit(0)") })
  const answers = await Promise.all(Array.from({ length: 20 }, async () => (await imported(h)).json()))
  t.ok(answers.every(({ status }) => status === 503))
  t.ok(answers.some(({ detail }) => detail === 'too many files are read and written at the moment'))
})
