// Runs the test files, those of a folder in one process where they may, some at a time, against one Postgres, one
// Kafka and one S3 that it starts once; ends with the five slowest files and the line "N passed, N failed, N skipped".
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { availableParallelism, constants } from 'node:os'
import { parseArgs } from 'node:util'
import { startTestKafka, startTestPostgres, startTestS3 } from '@dueline/testkit'
import { killTestFiles, runTestBatch, runTestFile, type FileResult } from './test-file.ts'
import { batchesOf, lanesOf, testFiles, tierOf, type TookMs } from './test-order.ts'

const usage = `npm test -- [options] [PART ...]
  PART             only files whose path contains one of them, such as services/clock; quick: unit, db and api
  --concurrency N  processes at a time (as many as there are processors, at least 2), beside one with whole stacks and
                   one with brokers; 1: one process in all
  --verbose        print what each file says, not only those that fail
`
const slowestShown = 5
/** What each file took, for the order of the next run. */
const timesFile = '.dueline/test-times.json'

const { concurrency, verbose, parts } = options()
const files = testFiles(parts)
if (files.length === 0) refuse(`no test file has ${parts.map((part) => `"${part}"`).join(' or ')} in its path`)

const startedAtMs = performance.now()
const results: FileResult[] = []
const stops: (() => Promise<void>)[] = []
let interrupted: NodeJS.Signals | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted ??= signal
    killTestFiles()
  })
}
try {
  const env = await backends()
  await Promise.all(
    lanesOf(batchesOf(files, lastTimes()), concurrency).map(async (queues) => {
      const next = (): string[] | undefined =>
        interrupted !== undefined ? undefined : queues.find((queue) => queue.length > 0)?.shift()
      for (let batch = next(); batch !== undefined; batch = next()) {
        const [first = '', ...more] = batch
        const ended = more.length > 0 ? await runTestBatch(batch, env) : [await runTestFile(first, env)]
        if (interrupted !== undefined) return
        for (const result of ended) {
          results.push(result)
          report(result)
        }
      }
    })
  )
} finally {
  for (const stop of stops.reverse()) await stop()
}
if (interrupted !== undefined) {
  console.log('stopped')
  process.exit(128 + constants.signals[interrupted])
}
storeTimes()
summarize()

/** What test files find in their environment, started only for those that use it. */
async function backends (): Promise<Record<string, string>> {
  const postgres = files.every((file) => tierOf(file) === 'unit')
    ? undefined
    : await startTestPostgres({ inMemory: true })
  if (postgres !== undefined) {
    stops.push(async () => {
      // Databases of tests that failed are there to be looked into.
      await postgres.stop({ retainData: interrupted === undefined && !results.every(isGood) })
    })
    console.log(`Postgres for tests: ${postgres.kind}`)
  }
  const kafka = files.some((file) => readFileSync(file, 'utf8').includes('testKafka('))
    ? await startTestKafka()
    : undefined
  if (kafka !== undefined) console.log(`Kafka for tests: ${'missing' in kafka ? kafka.missing : kafka.kind}`)
  const brokers = kafka === undefined || 'missing' in kafka ? undefined : kafka.brokers
  if (kafka !== undefined && !('missing' in kafka)) {
    stops.push(async () => {
      await kafka.stop()
    })
  }
  const s3 = await objectStore()
  return {
    ...s3,
    ...(postgres === undefined ? {} : { DUELINE_TEST_POSTGRES_URL: postgres.url }),
    ...(brokers === undefined ? {} : { KAFKA_BROKERS: brokers })
  }
}

async function objectStore (): Promise<Record<string, string>> {
  if (!files.some((file) => readFileSync(file, 'utf8').includes('testS3('))) return {}
  const s3 = await startTestS3()
  console.log(`S3 for tests: ${'missing' in s3 ? s3.missing : s3.kind}`)
  if ('missing' in s3) return {}
  stops.push(s3.stop)
  const { endpoint, credentials } = s3
  return {
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey
  }
}

function lastTimes (): TookMs {
  try {
    return JSON.parse(readFileSync(timesFile, 'utf8')) as TookMs
  } catch {
    return {}
  }
}

function storeTimes (): void {
  const took = results.map(({ file, durationMs }) => [file, Math.round(durationMs)] as const)
  const unfinished = `${timesFile}.${process.pid}`
  mkdirSync('.dueline', { recursive: true })
  writeFileSync(unfinished, JSON.stringify({ ...lastTimes(), ...Object.fromEntries(took) }))
  renameSync(unfinished, timesFile)
}

function report (result: FileResult): void {
  const good = isGood(result)
  const done = `${String(results.length).padStart(String(files.length).length)}/${files.length}`
  console.log(
    `${done} ${good ? 'ok  ' : 'FAIL'} ${result.file} (${result.passed} passed, ${seconds(result.durationMs)})`
  )
  for (const reason of result.skipped) console.log(`      skipped: ${reason}`)
  if (!good || verbose) console.log(result.output.replace(/^/gm, '      '))
  for (const fault of result.faults) console.log(`      ${result.file}: ${fault}`)
}

function summarize (): void {
  const sum = (pick: (result: FileResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0)
  for (const result of results.filter((each) => !isGood(each))) {
    console.log(`failed: ${[result.file, ...result.faults].join(': ')}`)
  }
  const slowest = results.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, slowestShown)
  console.log(`slowest: ${slowest.map(({ file, durationMs }) => `${file} ${seconds(durationMs)}`).join(', ')}`)
  console.log(`${results.length} of ${files.length} files in ${seconds(performance.now() - startedAtMs)}`)
  // A file that cannot count is at least one failure.
  const failed = sum((result) => isGood(result) ? 0 : Math.max(1, result.failed))
  console.log(
    `${sum((result) => result.passed)} passed, ${failed} failed, ${sum((result) => result.skipped.length)} skipped`
  )
  // Said outright: the package that runs initdb hooks into the exit and would make it 0.
  process.exit(failed === 0 && results.length === files.length ? 0 : 1)
}

function isGood ({ failed, faults }: FileResult): boolean {
  return failed === 0 && faults.length === 0
}

function seconds (ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

function options (): { concurrency: number, verbose: boolean, parts: string[] } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        concurrency: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false }
      }
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    const wanted = values.concurrency ?? String(Math.max(2, availableParallelism()))
    if (!/^[1-9]\d{0,2}$/.test(wanted)) refuse(`--concurrency must be a number from 1 to 999, not "${wanted}"`)
    return { concurrency: Number(wanted), verbose: values.verbose, parts: positionals }
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function refuse (reason: string): never {
  process.stderr.write(`${reason}\n${usage}`)
  process.exit(64)
}
