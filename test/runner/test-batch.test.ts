import { fileURLToPath } from 'node:url'
import t from 'tap'
import { runTestBatch, type FileResult } from '../../tools/test-file.ts'

const batch = async (...names: string[]): Promise<FileResult[]> =>
  await runTestBatch(
    names.map((name) => fileURLToPath(new URL(`./fixtures/${name}.fixture.ts`, import.meta.url))),
    {}
  )

t.test('each file of a batch reports its own tests, left out ones and output', async (t) => {
  const [skipped, passes, hooks] = await batch('skipped', 'passes', 'hooks')
  t.match(skipped, { passed: 1, failed: 0, skipped: ['child: needs a moon'], faults: [] })
  t.match(passes, { passed: 2, failed: 0, skipped: [], faults: [] })
  t.match(hooks, { passed: 1, failed: 0, skipped: [], faults: [] })
  t.match(skipped?.output, /needs a moon/)
  t.notMatch(passes?.output, /needs a moon/)
})

t.test('hooks and limits of a file are not those of the next', async (t) => {
  const results = await batch('hooks', 'passes', 'fails', 'skipped')
  t.same(results.map(({ passed, failed, faults }) => [passed, failed, faults]), [
    [1, 0, []],
    [2, 0, []],
    [0, 1, []],
    [1, 0, []]
  ])
})

// What a file does wrong is its own fault, whatever is beside it; what it takes down with it did not run.
const survived = { passed: 2, failed: 0, faults: [] }
const lost = { passed: 0, failed: 0, faults: ['it did not run'] }
const wrong: Record<string, [what: string, fault: RegExp | undefined, next: typeof survived | typeof lost]> = {
  exit: ['a process that ends in the middle with code 0', /it ended after 1 tests, before it said how many/, lost],
  dies: ['a process that is killed in the middle', /it ended after 1 tests, before it said how many/, lost],
  bail: ['a bailout with code 0', /it bailed out: no more/, lost],
  drained: ['a test that never ends', undefined, lost],
  todo: ['a test that is only intended', /"later" is only intended \(todo\)/, survived],
  only: ['a test that is marked to run alone', /"alone" is marked to run alone \(only\)/, survived],
  empty: ['a file that declares no test', /no test ran/, survived],
  nothing: ['a file that is no test', /no test ran/, survived],
  broken: ['a file that cannot be loaded', undefined, survived],
  unawaited: ['a subtest that fails and that nobody waits for', undefined, survived]
}
for (const [name, [what, fault, next]] of Object.entries(wrong)) {
  t.test(`${what} is a fault of that file in a batch`, async (t) => {
    const [before, bad, after] = await batch('hooks', name, 'passes')
    t.match(before, { passed: 1, failed: 0, faults: [] })
    t.ok((bad?.failed ?? 0) > 0 || (bad?.faults.length ?? 0) > 0)
    if (fault !== undefined) t.match(bad?.faults.join('\n'), fault)
    t.match(after, next)
  })
}

t.test('an exit code that is not 0 after all tests passed is a fault of every file', async (t) => {
  for (const { faults } of await batch('hooks', 'after-the-end', 'passes')) {
    t.same(faults, ['the process of its 3 files: it exited with 3'])
  }
})

t.test('what fails outside of the files, with exit code 0, is a fault too', async (t) => {
  for (const name of ['ok-parent', 'too-few']) {
    const results = await batch('hooks', name, 'passes')
    t.ok(results.some(({ failed, faults }) => failed + faults.length > 0), name)
  }
})
