import { spawnSync } from 'node:child_process'
import t from 'tap'
import { createLogger, createMetrics } from '../../src/index.ts'

t.test('secrets do not reach the log', async (t) => {
  const lines: string[] = []
  const logger = createLogger({
    service: 'ticket',
    destination: {
      write: (line) => {
        lines.push(line)
      }
    }
  })
  logger.info({
    authorization: 'Bearer abc',
    headers: { authorization: 'Bearer abc', 'x-api-key': 'abc' },
    a: { b: { password: 'abc' } }
  }, 'hello')
  logger.error({ err: new Error('boom') }, 'failed')
  t.notMatch(lines.join(''), 'abc')
  const first = JSON.parse(lines[0]!)
  t.match(first, { level: 'info', service: 'ticket', msg: 'hello', headers: { authorization: '[redacted]' } })
  t.match(first.time, /^\d{4}-.*Z$/)
  t.match(JSON.parse(lines[1]!), { err: { message: 'boom', stack: String } })
})

t.test('metrics are per service and asked for by name', async (t) => {
  const metrics = createMetrics('ticket')
  t.match(await metrics.text(), /^dueline_build_info\{version="\d+\.\d+\.\d+",node="v[^"]+",service="ticket"\} 1$/m)
  metrics.counter('jobs_total', 'Jobs', ['kind']).inc({ kind: 'x' })
  metrics.counter('jobs_total', 'Jobs', ['kind']).inc({ kind: 'x' }, 2)
  metrics.histogram('job_seconds', 'Time').observe(0.002)
  let depth = 3
  metrics.gauge('depth', 'Depth', [], (gauge) => {
    gauge.set(depth)
  })
  depth = 4
  const text = await metrics.text()
  t.match(text, 'jobs_total{kind="x",service="ticket"} 3')
  t.match(text, 'depth{service="ticket"} 4')
  t.match(text, 'job_seconds_bucket{le="0.0025",service="ticket"} 1')
  t.match(await createMetrics('x', { processMetrics: true }).text(), 'process_cpu_seconds_total')
})

t.test('gauges that cost a query are read together, not at each scrape, and are gone while it fails', async (t) => {
  const metrics = createMetrics('ticket')
  let reads = 0
  const outcomes = [
    async () => [{ name: 'waiting', value: 3 }, { name: 'open', value: 2, labels: { state: 'a' } }],
    async () => {
      throw new Error('no database')
    }
  ]
  const gauges = { waiting: { help: 'Waiting' }, open: { help: 'Open', labels: ['state'] } }
  const clock = t.capture(performance, 'now', () => nowMs)
  let nowMs = 1_000_000
  metrics.sampled(gauges, async () => await outcomes[reads++]!())
  for (let i = 0; i < 5; i++) {
    t.match(await metrics.text(), /waiting\{service="ticket"\} 3\n[^]*open\{state="a",service="ticket"\} 2/)
  }
  t.equal(reads, 1, 'five scrapes, one query')
  nowMs += 14_999
  await metrics.text()
  t.equal(reads, 1)
  nowMs += 1
  t.notMatch(await metrics.text(), /^(waiting|open)\{/m, 'no old value passes for a new one')
  t.equal(reads, 2)
  clock()
})

t.test('a crash point kills only the process that was started to die there', async (t) => {
  const script =
    `import { crashPoint } from ${JSON.stringify(new URL('../../src/crash-points.ts', import.meta.url).href)}; ` +
    `crashPoint('http:before-commit'); console.log('alive')`
  const run = (env: Record<string, string>) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, ...env },
      encoding: 'utf8'
    })
  t.equal(run({ DUELINE_CRASH_POINTS: 'enabled', DUELINE_CRASH_AT: 'http:before-commit' }).signal, 'SIGKILL')
  t.equal(run({ DUELINE_CRASH_AT: 'http:before-commit' }).stdout, 'alive\n')
  t.equal(run({ DUELINE_CRASH_POINTS: 'enabled', DUELINE_CRASH_AT: 'http:after-commit' }).stdout, 'alive\n')
})
