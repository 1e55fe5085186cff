import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Parser } from 'tap-parser'
import { faultsOf, watch, type Ending, type Seen } from './test-verdict.ts'

/** What one test file has shown. It is good when `failed` is 0 and `faults` is empty. */
export interface FileResult {
  file: string
  /** Tests of the file's top level. */
  passed: number
  failed: number
  /** Name and reason of each test that was left out, at any depth. */
  skipped: string[]
  /** Why its result cannot count, whatever passed: tests that did not run, or may not have. */
  faults: string[]
  durationMs: number
  output: string
}

/** For a test that hangs; one that only waits long on a busy machine must not meet it. */
export const patienceMs = 600_000

const running = new Set<ChildProcess>()
const batchProgram = fileURLToPath(new URL('test-batch.ts', import.meta.url))

/** Ends every test file that runs. */
export function killTestFiles (): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Runs a test file in a process of its own. */
export async function runTestFile (file: string, env: Record<string, string>): Promise<FileResult> {
  const begunMs = performance.now()
  const parser = new Parser()
  const seen = watch(parser)
  const ending = await run([file], env, parser, (text) => {
    seen.output += text
  })
  return resultOf(file, seen, faultsOf(seen, ending), performance.now() - begunMs)
}

/**
 * Runs test files one after the other in one process; each is judged by itself, as if it had its own. One that did not
 * run, because an earlier one ended the process, has that as its fault.
 */
export async function runTestBatch (files: readonly string[], env: Record<string, string>): Promise<FileResult[]> {
  const parser = new Parser()
  const seen = new Map<string, Seen>()
  const tookMs = new Map<string, number>()
  const whole = watch(parser)
  let current = whole
  let begunMs = performance.now()
  parser.on('child', (child: Parser) => {
    current = watch(child)
    seen.set(child.name, current)
    child.on('complete', () => {
      tookMs.set(child.name, performance.now() - begunMs)
      begunMs = performance.now()
    })
  })
  const ending = await run([batchProgram, ...files], env, parser, (text) => {
    current.output += text
  })
  const results = files.map((file) => {
    const its = seen.get(file)
    if (its !== undefined) return resultOf(file, its, faultsOf(its, 0), tookMs.get(file) ?? 0)
    return { file, passed: 0, failed: 0, skipped: [], faults: ['it did not run'], durationMs: 0, output: whole.output }
  })
  return blame(results, faultsOf(whole, ending))
}

/**
 * What is wrong with a process is reported by its files that have faults of their own; when none has, by all of them.
 */
function blame (results: FileResult[], faults: readonly string[]): FileResult[] {
  if (results.some(({ failed, faults }) => failed > 0 || faults.length > 0)) return results
  return results.map((result) => ({
    ...result,
    faults: faults.map((fault) => `the process of its ${results.length} files: ${fault}`)
  }))
}

async function run (
  args: readonly string[],
  env: Record<string, string>,
  parser: Parser,
  onOutput: (text: string) => void
): Promise<Ending> {
  // What would choose among tests is not for this runner.
  const { TAP_ONLY: _only, TAP_GREP: _grep, TAP_INVERT: _invert, ...inherited } = process.env
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    env: { ...inherited, TAP: '1', TAP_TIMEOUT: String(patienceMs / 1_000), ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  running.add(child)
  parser.on('line', onOutput)
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => parser.write(chunk))
  child.stderr.setEncoding('utf8').on('data', onOutput)
  const ending = await new Promise<Ending>((resolve) => {
    child.on('close', (code, signal) => {
      resolve(signal ?? code)
    })
  })
  running.delete(child)
  parser.end()
  return ending
}

function resultOf (
  file: string,
  { passed, failed, skipped, output }: Seen,
  faults: string[],
  durationMs: number
): FileResult {
  return { file, passed, failed, skipped, faults, durationMs, output }
}
