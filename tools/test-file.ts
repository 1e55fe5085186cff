import { spawn, type ChildProcess } from 'node:child_process'
import { Parser, type FinalResults, type Result } from 'tap-parser'

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
const patienceSeconds = '600'

const running = new Set<ChildProcess>()

/** Ends every test file that runs. */
export function killTestFiles (): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Runs a test file in a process of its own. */
export async function runTestFile (file: string, env: Record<string, string>): Promise<FileResult> {
  const begunMs = performance.now()
  // What would choose among tests is not for this runner.
  const { TAP_ONLY: _only, TAP_GREP: _grep, TAP_INVERT: _invert, ...inherited } = process.env
  const child = spawn(process.execPath, [...process.execArgv, file], {
    env: { ...inherited, TAP: '1', TAP_TIMEOUT: patienceSeconds, ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  running.add(child)
  const seen = watch(new Parser())
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    seen.parser.write(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  const ending = await new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => {
      resolve(signal ?? code)
    })
  })
  running.delete(child)
  seen.parser.end()
  const { passed, failed, skipped } = seen
  return {
    file,
    passed,
    failed,
    skipped,
    faults: faultsOf(seen, ending),
    durationMs: performance.now() - begunMs,
    output
  }
}

interface Seen {
  parser: Parser
  passed: number
  failed: number
  skipped: string[]
  /** Tests that are only intended, and comments that tell of a choice among tests. */
  left: string[]
  /** Not ok at some depth. */
  deepFailures: string[]
  bailedOut: string | undefined
  results: FinalResults | undefined
}

function watch (parser: Parser): Seen {
  const seen: Seen = {
    parser,
    passed: 0,
    failed: 0,
    skipped: [],
    left: [],
    deepFailures: [],
    bailedOut: undefined,
    results: undefined
  }
  parser.on('assert', (result: Result) => {
    if (isSaid(result.skip) || isSaid(result.todo)) return
    if (result.ok) seen.passed++
    else seen.failed++
  })
  parser.on('bailout', (reason) => {
    seen.bailedOut = String(reason)
  })
  parser.on('complete', (results) => {
    seen.results = results
  })
  watchDepth(parser, seen)
  return seen
}

/** Also what subtests say, whose parents may be ok all the same. */
function watchDepth (parser: Parser, seen: Seen): void {
  parser.on('assert', (result: Result) => {
    if (isSaid(result.skip)) seen.skipped.push(`${result.name}: ${String(result.skip)}`)
    else if (isSaid(result.todo)) seen.left.push(`"${result.name}" is only intended (todo)`)
    else if (!result.ok) seen.deepFailures.push(result.name)
  })
  parser.on('comment', (comment: string) => {
    if (/ has `only` set/.test(comment)) {
      seen.left.push(`${comment.replace(/^# /, '').replace(/ has `only`[^]*/, '')} is marked to run alone (only)`)
    }
  })
  parser.on('child', (child: Parser) => {
    watchDepth(child, seen)
  })
}

function isSaid (directive: string | boolean | undefined): boolean {
  return directive !== undefined && directive !== false
}

function faultsOf (
  { passed, failed, skipped, left, deepFailures, bailedOut, results }: Seen,
  ending: number | NodeJS.Signals | null
): string[] {
  const faults = [...new Set(left)]
  if (bailedOut !== undefined) faults.push(`it bailed out: ${bailedOut}`)
  else if (results?.plan.start === null) {
    faults.push(`it ended after ${passed + failed} tests, before it said how many there are`)
  }
  if (passed + failed + skipped.length === 0) faults.push('no test ran')
  if (ending !== 0) faults.push(`it exited with ${String(ending)}`)
  // Whatever else tap or its parser object to: wrong counts, tests after the end, output that is cut.
  const said = failed > 0 || faults.length > 0
  if (!said && deepFailures.length > 0) faults.push(`failed inside a test that passed: ${deepFailures.join(', ')}`)
  else if (!said && results?.ok !== true) {
    faults.push(`tap refuses it: ${JSON.stringify(results?.failures ?? 'no results')}`)
  }
  return faults
}
