import { type Parser, type FinalResults, type Result } from 'tap-parser'

/** How a process ended: its exit code, or the signal that killed it. */
export type Ending = number | NodeJS.Signals | null

/** What the TAP of one test file has said so far. */
export interface Seen {
  parser: Parser
  passed: number
  failed: number
  skipped: string[]
  /** Tests that are only intended, and comments about a choice among tests. */
  left: string[]
  /** Not ok at some depth. */
  deepFailures: string[]
  bailedOut: string | undefined
  results: FinalResults | undefined
  output: string
}

/** Notes what `parser` reads from here on. */
export function watch (parser: Parser): Seen {
  const seen: Seen = {
    parser,
    passed: 0,
    failed: 0,
    skipped: [],
    left: [],
    deepFailures: [],
    bailedOut: undefined,
    results: undefined,
    output: ''
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

/** Why what was seen cannot count, given how its process ended. */
export function faultsOf (
  { passed, failed, skipped, left, deepFailures, bailedOut, results }: Seen,
  ending: Ending
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
