import { readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { mutantsOf } from '../../tools/mutation/mutants.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const afters = (source: string): string[] => mutantsOf(source).map(({ after }) => after).sort()

const cases: Record<string, [source: string, mutants: string[]]> = {
  comparisons: ['f(a < b, c === d)', ['f(a < b, c !== d)', 'f(a <= b, c === d)']],
  sums: ['f(a + b)', ['f(a - b)']],
  'not of texts': ["f('a' + b + c)", []],
  'what is there if nothing is': ['f(a ?? b)', ['f((a))']],
  'a negation': ['f(!a)', ['f(a)']],
  'a choice': ['f(a ? b : c)', ['f(a ? c : b)']],
  'a condition': ['if (a) b()', ['if (false) b()', 'if (true) b()']],
  constants: ['f(0, 1n, 7, true)', ['f(0, 1n, 7, false)', 'f(0, 2n, 7, true)', 'f(1, 1n, 7, true)']],
  calls: ['f(Math.max(a), b.some(c))', ['f(Math.max(a), b.every(c))', 'f(Math.min(a), b.some(c))']],
  'no types, imports and errors': [
    "import a from 'a'\ntype B = 0 | true\nconst c = (d: 1): 0 => d\nthrow new Error(String(1 + a))",
    []
  ]
}
for (const [name, [source, expected]] of Object.entries(cases)) {
  t.test(`mutants of ${name}`, async (t) => {
    t.same(afters(source), [...expected].sort())
  })
}

t.test('a mutant says its line', async (t) => {
  t.match(mutantsOf('const a = b\nconst c = d * e\n'), [{
    line: 2,
    before: 'const c = d * e',
    after: 'const c = d / e'
  }])
})

t.test('what is argued is a mutant still, with a reason', async (t) => {
  const argued = JSON.parse(readFileSync(`${root}tools/mutation/argued.json`, 'utf8')) as {
    file: string,
    before: string,
    after: string,
    why: string
  }[]
  for (const { file, before, after, why } of argued) {
    t.ok(
      mutantsOf(readFileSync(root + file, 'utf8')).some((each) => each.before === before && each.after === after),
      after
    )
    t.ok(why.trim().length > 10)
  }
})

const command = (...args: string[]) =>
  spawnSync(process.execPath, [...process.execArgv, 'tools/mutate.ts', ...args], { cwd: root, encoding: 'utf8' })

t.test('the command says what it does not take', async (t) => {
  for (const args of [['moon'], ['clock', '--every', '0'], ['clock', 'no-such-file'], ['clock', 'wake:x']]) {
    const { status, stderr } = command(...args)
    t.equal(status, 64, args.join(' '))
    t.match(stderr, /npm run mutate -- TARGET/)
  }
})

t.test('the command counts what the tests of the domain notice', async (t) => {
  const noticed = command('clock', 'wake.ts:8')
  t.match(noticed.stdout, /1 mutants, 1 noticed, 0 argued/)
  t.equal(noticed.status, 0)
})
