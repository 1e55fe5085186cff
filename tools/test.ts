// Runs every test file in a process of its own, some at a time, against one Postgres and one Kafka that it starts once; ends with
// the line "N passed, N failed, N skipped". `npm test -- unit` or `npm test -- services/clock` runs a part.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Parser, type Result } from 'tap-parser'
import { startTestKafka, startTestPostgres } from '@dueline/testkit'

interface FileResult { file: string, passed: number, failed: number, skipped: string[], durationMs: number, output: string }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: String(Math.max(2, availableParallelism())) }, verbose: { type: 'boolean', default: false } }
})

const files = testFiles()
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort(byTier)
if (files.length === 0) {
  console.error(`No test file matches ${positionals.join(' ')}.`)
  process.exit(1)
}

const startedAtMs = performance.now()
const postgres = positionals.length === 1 && positionals[0] === 'unit' ? undefined : await startTestPostgres()
if (postgres !== undefined) console.log(`Postgres for tests: ${postgres.kind}`)
const kafka = files.some((file) => readFileSync(file, 'utf8').includes('testKafka(')) ? await startTestKafka() : undefined
if (kafka !== undefined) console.log(`Kafka for tests: ${'missing' in kafka ? kafka.missing : kafka.kind}`)
const results: FileResult[] = []
try {
  await Promise.all(lanesOf(files, Number(values.concurrency)).map(async (queues) => {
    const next = (): string | undefined => queues.find((queue) => queue.length > 0)?.shift()
    for (let file = next(); file !== undefined; file = next()) {
      const result = await runFile(file)
      results.push(result)
      report(result)
    }
  }))
} finally {
  await postgres?.stop()
  if (kafka !== undefined && !('missing' in kafka)) await kafka.stop()
}
summarize()

function testFiles (): string[] {
  const folders = ['packages', 'services', 'infra'].flatMap((parent) => readdirSync(parent).map((child) => join(parent, child, 'test')))
  return [...folders, 'test'].filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts')).map((file) => join(folder, file)))
}

/**
 * The queues that each lane works off, one after the other. Whole-stack files mostly wait for promises of some seconds, so they have
 * a lane of their own from the start, beside as many others as there are processors; half of those help with the rest of them.
 */
function lanesOf (files: readonly string[], concurrency: number): string[][][] {
  const whole = files.filter((file) => file.startsWith('test/'))
  const parts = files.filter((file) => !file.startsWith('test/'))
  if (concurrency === 1) return [[parts, whole]]
  return [[whole, parts], ...Array.from({ length: concurrency }, (_, lane) => lane % 2 === 0 ? [parts, whole] : [parts])]
}

/** Cheap tiers first, so that a plain mistake shows early. */
function byTier (a: string, b: string): number {
  const rank = (file: string): number => file.includes('/api/') ? 2 : file.includes('/db/') ? 1 : 0
  return rank(a) - rank(b) || a.localeCompare(b)
}

function runFile (file: string): Promise<FileResult> {
  const begunMs = performance.now()
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      TAP: '1',
      ...(postgres === undefined ? {} : { DUELINE_TEST_POSTGRES_URL: postgres.url }),
      ...(kafka === undefined || 'missing' in kafka ? {} : { KAFKA_BROKERS: kafka.brokers })
    }
    const child = spawn(process.execPath, ['--conditions=dueline-source', file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const parser = new Parser()
    const counts = { passed: 0, failed: 0, skipped: [] as string[] }
    let output = ''
    parser.on('assert', (result: Result) => {
      if (result.skip !== false && result.skip !== undefined) counts.skipped.push(`${result.name}: ${String(result.skip)}`)
      else if (result.ok) counts.passed++
      else if (result.todo === false || result.todo === undefined) counts.failed++
    })
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); parser.write(chunk) })
    child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString() })
    child.on('close', (code, signal) => {
      parser.end()
      // A file that dies, exits non-zero or asserts nothing has failed, whatever it printed.
      const silent = counts.passed + counts.failed + counts.skipped.length === 0
      if (counts.failed === 0 && (code !== 0 || silent)) {
        counts.failed = 1
        output += silent ? '\nno test ran\n' : `\nexited with ${String(signal ?? code)}\n`
      }
      resolve({ file, ...counts, durationMs: performance.now() - begunMs, output })
    })
  })
}

function report (result: FileResult): void {
  const verdict = result.failed > 0 ? 'FAIL' : 'ok  '
  const done = `${String(results.length).padStart(String(files.length).length)}/${files.length}`
  console.log(`${done} ${verdict} ${result.file} (${result.passed} passed, ${(result.durationMs / 1000).toFixed(1)} s)`)
  for (const reason of result.skipped) console.log(`      skipped: ${reason}`)
  if (result.failed > 0 || values.verbose === true) console.log(result.output.replace(/^/gm, '      '))
}

function summarize (): void {
  const sum = (pick: (result: FileResult) => number): number => results.reduce((total, result) => total + pick(result), 0)
  const failed = sum((result) => result.failed)
  for (const result of results.filter((each) => each.failed > 0)) console.log(`failed: ${result.file}`)
  console.log(`${files.length} files in ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`)
  console.log(`${sum((result) => result.passed)} passed, ${failed} failed, ${sum((result) => result.skipped.length)} skipped`)
  // Said outright: the package that runs initdb hooks into the exit and would make it 0.
  process.exit(failed === 0 ? 0 : 1)
}
