// Mutation testing by hand: changes one operator or constant of the source at a time, in a copy, and runs the tests on
// it. A mutant that no test notices is printed; those that cannot be noticed are explained in mutations.md.
// node packages/business-time/test/mutations.ts [part of a file name[:first line[-last line]] …]
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const WORKERS = Number(process.env.DUELINE_MUTATION_WORKERS ?? 2)
/**
 * Of computing, not of waiting, so that a busy machine lets no mutant look noticed. All tests together take about 3
 * seconds.
 */
const TIMEOUT_SECONDS = 15

/** Quick files first: most mutants do not live past them. */
const TESTS = [
  'vectors',
  'zones',
  'text',
  'bad-input',
  'limits',
  'description',
  'readme',
  'working-days',
  'combination',
  'properties'
]

/** What is replaced by what. Types, comments and messages are left alone. */
const OPERATORS: ReadonlyArray<readonly [RegExp, string]> = [
  [/ <= /g, ' < '],
  [/ >= /g, ' > '],
  [/ < (?!\/)/g, ' <= '],
  [/(?<!=) > /g, ' >= '],
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ \+ (?!['`])/g, ' - '],
  [/(?<=[\w)\]!]) - /g, ' + '],
  [/ \* /g, ' / '],
  [/ \/ (?!\/)/g, ' * '],
  [/ % /g, ' * '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/Math\.max/g, 'Math.min'],
  [/Math\.min/g, 'Math.max'],
  [/Math\.floor/g, 'Math.ceil'],
  [/Math\.ceil/g, 'Math.floor'],
  [/(?<=[ (])!(?=[\w(])/g, ''],
  [/(?<![\w.'])0(?![\w.'])/g, '1'],
  [/(?<![\w.'])1(?![\w.'])/g, '2'],
  [/ \?\? .*?(?=[,)\n])/g, '!']
]

type Outcome = 'noticed' | 'not noticed' | 'out of time'

interface Mutant {
  file: string
  line: number
  before: string
  after: string
  source: string
}

const asked = process.argv.slice(2).map((text) => {
  const [part, range] = text.split(':')
  const [first, last = first] = range?.split('-').map(Number) ?? [1, Infinity]
  return { part: part!, first: first!, last: last! }
})
const mutants = readdirSync(join(PACKAGE, 'src')).flatMap(mutantsOf).filter(isAsked)
const counts: Record<Outcome, number> = { noticed: 0, 'not noticed': 0, 'out of time': 0 }
const queue = [...mutants]
await Promise.all(Array.from({ length: WORKERS }, work))
console.log(
  `${mutants.length} mutants, ${Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`).join(', ')}`
)

function isAsked ({ file, line }: Mutant): boolean {
  return asked.length === 0 ||
    asked.some(({ part, first, last }) => file.includes(part) && line >= first && line <= last)
}

function mutantsOf (file: string): Mutant[] {
  const source = readFileSync(join(PACKAGE, 'src', file), 'utf8')
  const lines = source.split('\n')
  const result: Mutant[] = []
  lines.forEach((text, index) => {
    if (/^\s*(\/?\*|\/\/|import |export (type|interface)|readonly |private readonly \w+:)/.test(text)) return
    for (const [pattern, replacement] of OPERATORS) {
      for (const match of text.matchAll(pattern)) {
        const after = text.slice(0, match.index) + replacement + text.slice(match.index + match[0].length)
        result.push({
          file,
          line: index + 1,
          before: text.trim(),
          after: after.trim(),
          source: lines.with(index, after).join('\n')
        })
      }
    }
  })
  return result
}

async function work (): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'business-time-mutant-'))
  for (const part of ['src', 'test', 'README.md', 'package.json']) {
    cpSync(join(PACKAGE, part), join(copy, part), { recursive: true })
  }
  symlinkSync(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'))
  const ofOne = (name: string): string =>
    `await import('./${name}.test.ts')\nawait new Promise(resolve => setImmediate(resolve))\n`
  writeFileSync(join(copy, 'test/all.ts'), TESTS.map(ofOne).join(''))
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const path = join(copy, 'src', mutant.file)
    const original = readFileSync(path, 'utf8')
    writeFileSync(path, mutant.source)
    const outcome = await run(copy)
    counts[outcome]++
    if (outcome !== 'noticed') {
      console.log(`${outcome}: ${mutant.file}:${mutant.line}\n    ${mutant.before}\n    ${mutant.after}`)
    }
    writeFileSync(path, original)
  }
}

/** Runs the tests in the copy; the first failure or an error ends the run. */
function run (copy: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, TAP: '1', DUELINE_PROPERTY_RUNS: process.env.DUELINE_PROPERTY_RUNS ?? '150' }
    const limited = ['-c', `ulimit -t ${TIMEOUT_SECONDS}; exec "$@"`, 'sh']
    const child = spawn('sh', [...limited, process.execPath, join(copy, 'test/all.ts')], {
      cwd: PACKAGE,
      env,
      stdio: ['ignore', 'pipe', 'ignore']
    })
    let failed = false
    child.stdout.on('data', (chunk: Buffer) => {
      failed ||= /^ *not ok/m.test(chunk.toString())
      if (failed) child.kill('SIGKILL')
    })
    child.on('close', (code, signal) => {
      resolve(code === 0 ? 'not noticed' : signal === 'SIGKILL' && !failed ? 'out of time' : 'noticed')
    })
  })
}
