// Mutation testing by hand: changes one operator or constant of the source at a time, in a copy, and runs the tests on
// it. A mutant that no test notices is printed; those that cannot be noticed are explained in mutations.md.
// node --import tsx packages/business-time/test/mutations.ts [part of a file name …]
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))
const WORKERS = Number(process.env.DUELINE_MUTATION_WORKERS ?? 2)
const TIMEOUT_MS = 60_000

/** Quick files first: most mutants do not live past them. */
const TESTS = ['vectors', 'zones', 'text', 'bad-input', 'limits', 'description', 'readme', 'working-days', 'combination', 'properties']

/** What is replaced by what. Types, comments and messages are left alone. */
const OPERATORS: ReadonlyArray<readonly [RegExp, string]> = [
  [/ <= /g, ' < '], [/ >= /g, ' > '], [/ < (?!\/)/g, ' <= '], [/(?<!=) > /g, ' >= '], [/ === /g, ' !== '], [/ !== /g, ' === '],
  [/ \+ (?!['`])/g, ' - '], [/(?<=[\w)\]!]) - /g, ' + '], [/ \* /g, ' / '], [/ \/ (?!\/)/g, ' * '], [/ % /g, ' * '],
  [/ && /g, ' || '], [/ \|\| /g, ' && '], [/Math\.max/g, 'Math.min'], [/Math\.min/g, 'Math.max'], [/Math\.floor/g, 'Math.ceil'],
  [/Math\.ceil/g, 'Math.floor'], [/(?<=[ (])!(?=[\w(])/g, ''], [/(?<![\w.'])0(?![\w.'])/g, '1'], [/(?<![\w.'])1(?![\w.'])/g, '2'], [/ \?\? .*?(?=[,)\n])/g, '!']
]

interface Mutant { file: string, line: number, before: string, after: string, source: string }

const wanted = process.argv.slice(2)
const mutants = readdirSync(join(PACKAGE, 'src')).filter(file => wanted.length === 0 || wanted.some(part => file.includes(part))).flatMap(mutantsOf)
const survivors: Mutant[] = []
const queue = [...mutants]
await Promise.all(Array.from({ length: WORKERS }, work))
console.log(`${mutants.length} mutants, ${mutants.length - survivors.length} noticed, ${survivors.length} not`)

function mutantsOf (file: string): Mutant[] {
  const source = readFileSync(join(PACKAGE, 'src', file), 'utf8')
  const lines = source.split('\n')
  const result: Mutant[] = []
  lines.forEach((text, index) => {
    if (/^\s*(\/?\*|\/\/|import |export (type|interface)|readonly |private readonly \w+:)/.test(text)) return
    for (const [pattern, replacement] of OPERATORS) {
      for (const match of text.matchAll(pattern)) {
        const after = text.slice(0, match.index) + replacement + text.slice(match.index + match[0].length)
        result.push({ file, line: index + 1, before: text.trim(), after: after.trim(), source: lines.with(index, after).join('\n') })
      }
    }
  })
  return result
}

async function work (): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'business-time-mutant-'))
  for (const part of ['src', 'test', 'README.md', 'package.json']) cpSync(join(PACKAGE, part), join(copy, part), { recursive: true })
  symlinkSync(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'))
  writeFileSync(join(copy, 'test/all.ts'), TESTS.map(name => `await import('./${name}.test.ts')\nawait new Promise(resolve => setImmediate(resolve))\n`).join(''))
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const path = join(copy, 'src', mutant.file)
    const original = readFileSync(path, 'utf8')
    writeFileSync(path, mutant.source)
    if (await passes(copy)) {
      survivors.push(mutant)
      console.log(`not noticed: ${mutant.file}:${mutant.line}\n    ${mutant.before}\n    ${mutant.after}`)
    }
    writeFileSync(path, original)
  }
}

/** Whether every test passes in the copy; the first failure, an error or a timeout ends the run. */
function passes (copy: string): Promise<boolean> {
  return new Promise(resolve => {
    const env = { ...process.env, TAP: '1', DUELINE_PROPERTY_RUNS: process.env.DUELINE_PROPERTY_RUNS ?? '150' }
    const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), join(copy, 'test/all.ts')], {
      cwd: PACKAGE,
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL'
    })
    child.stdout.on('data', (chunk: Buffer) => { if (/^ *not ok/m.test(chunk.toString())) child.kill('SIGKILL') })
    child.on('close', code => { resolve(code === 0) })
  })
}
