// Mutation testing: changes one operator, constant or branch of a domain at a time and runs its unit tests on it. A
// mutant that no test notices is printed; those that cannot be noticed are argued in tools/mutation/argued.json.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { mutantsOf, type Mutant } from './mutation/mutants.ts'

const targets: Readonly<Record<string, { sources: string, tests: string }>> = {
  clock: { sources: 'services/clock/src/domain', tests: 'services/clock/test/unit' },
  escalation: { sources: 'services/escalation/src/domain', tests: 'services/escalation/test/unit' },
  'sla-policy': { sources: 'services/sla-policy/src/domain', tests: 'services/sla-policy/test/unit' },
  'business-time': { sources: 'packages/business-time/src', tests: 'packages/business-time/test/unit' }
}
/** Percent of mutants that must be noticed or argued. */
const floor = 85
const usage = `npm run mutate -- TARGET [options] [FILE[:LINE[-LINE]] ...]
  TARGET       ${Object.keys(targets).join(', ')}
  FILE         only files whose name contains it, and only these lines
  --every N    only every Nth mutant (1)
`

type Outcome = 'noticed' | 'argued' | 'not noticed' | 'out of time'
interface Argued {
  file: string
  before: string
  after: string
  why: string
}

const { target, ranges, every } = options()
const argued = JSON.parse(
  readFileSync(fileURLToPath(new URL('mutation/argued.json', import.meta.url)), 'utf8')
) as Argued[]
const tests = readdirSync(target.tests).filter((file) => file.endsWith('.test.ts')).map((file) =>
  join(target.tests, file)
)
const mutants = readdirSync(target.sources, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts')).sort()
  .flatMap((name) => {
    const file = join(target.sources, name)
    return mutantsOf(readFileSync(file, 'utf8')).map((mutant) => ({ file, ...mutant }))
  })
  .filter(({ file, line }) =>
    ranges.length === 0 ||
    ranges.some(({ part, first, last }) => file.includes(part) && line >= first && line <= last)
  )
  .filter((_, index) => index % every === 0)
if (mutants.length === 0) refuse('no mutant is asked for')

const folder = mkdtempSync(join(tmpdir(), 'dueline-mutants-'))
const counts: Record<Outcome, number> = { noticed: 0, argued: 0, 'not noticed': 0, 'out of time': 0 }
try {
  // What computes far longer than the tests do on the source as it is, never ends.
  const begun = performance.now()
  const unchanged = { file: mutants[0]!.file, source: readFileSync(mutants[0]!.file, 'utf8') }
  if (await run(unchanged, join(folder, 'unchanged.ts'), 600) !== 'not noticed') {
    refuse('the tests fail without a change')
  }
  const limitSeconds = Math.max(15, Math.ceil((performance.now() - begun) / 1_000 * 3))
  const queue = [...mutants]
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, async (_, worker) => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const outcome = await run(mutant, join(folder, `${worker}.ts`), limitSeconds)
      report(mutant, outcome === 'not noticed' && isArgued(mutant) ? 'argued' : outcome)
    }
  }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const good = counts.noticed + counts.argued + counts['out of time']
const percent = good / mutants.length * 100
console.log(
  `${mutants.length} mutants, ${Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', ')}`
)
console.log(`${percent.toFixed(1)} % noticed or argued; the floor is ${floor} %`)
process.exitCode = percent >= floor ? 0 : 1

function report ({ file, line, before, after }: Mutant & { file: string }, outcome: Outcome): void {
  counts[outcome]++
  if (outcome === 'noticed' || outcome === 'argued') return
  console.log(`${outcome}: ${file}:${line}\n    ${before}\n    ${after}`)
}

function isArgued (mutant: Mutant & { file: string }): boolean {
  return argued.some(({ file, before, after }) =>
    file === mutant.file && before === mutant.before && after === mutant.after
  )
}

/** Runs the tests on a mutant, those named like its file first; the first failure ends the run. */
async function run (
  { file, source }: { file: string, source: string },
  path: string,
  limitSeconds: number
): Promise<Exclude<Outcome, 'argued'>> {
  writeFileSync(path, source)
  const own = basename(file, '.ts')
  const ordered = tests.toSorted((a, b) => Number(b.includes(own)) - Number(a.includes(own)))
  const program = [
    ...process.execArgv,
    `--import=${new URL('mutation/replace.mjs', import.meta.url).href}`,
    fileURLToPath(new URL('test-batch.ts', import.meta.url)),
    ...ordered
  ]
  const env = {
    DUELINE_PROPERTY_RUNS: '100',
    ...process.env,
    TAP: '1',
    DUELINE_MUTANT_OF: pathToFileURL(file).href,
    DUELINE_MUTANT: path
  }
  // Time of computing, not of waiting: on a busy machine no mutant is to look noticed.
  const child = spawn('sh', ['-c', `ulimit -t ${limitSeconds}; exec "$@"`, 'sh', process.execPath, ...program], {
    env,
    stdio: ['ignore', 'pipe', 'ignore']
  })
  let failed = false
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    failed ||= /^ *not ok/m.test(chunk)
    if (failed) child.kill('SIGKILL')
  })
  return await new Promise((resolve) => {
    child.on('close', (code, signal) => {
      resolve(code === 0 ? 'not noticed' : signal !== null && !failed ? 'out of time' : 'noticed')
    })
  })
}

function options () {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { every: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } }
    })
    if (values.help) {
      process.stdout.write(usage)
      process.exit(0)
    }
    const [name = '', ...files] = positionals
    const target = targets[name]
    if (target === undefined) return refuse(`"${name}" is no target`)
    if (!/^[1-9]\d{0,4}$/.test(values.every)) return refuse(`--every must be a number from 1, not "${values.every}"`)
    return { target, every: Number(values.every), ranges: files.map(rangeOf) }
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function rangeOf (text: string): { part: string, first: number, last: number } {
  const [part = '', lines] = text.split(':')
  if (lines === undefined) return { part, first: 1, last: Infinity }
  const [first = NaN, last = first] = lines.split('-').map(Number)
  if (!Number.isInteger(first) || !Number.isInteger(last)) refuse(`"${text}" is not FILE:LINE or FILE:LINE-LINE`)
  return { part, first, last }
}

function refuse (reason: string): never {
  process.stderr.write(`${reason}\n${usage}`)
  process.exit(64)
}
