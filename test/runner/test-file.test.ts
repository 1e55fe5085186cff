import { fileURLToPath } from 'node:url'
import t from 'tap'
import { runTestFile, type FileResult } from '../../tools/test-file.ts'

const judge = async (name: string): Promise<FileResult> =>
  await runTestFile(fileURLToPath(new URL(`./fixtures/${name}.fixture.ts`, import.meta.url)), {})

t.test('a file whose tests all ran and passed is good', async (t) => {
  t.match(await judge('passes'), { passed: 2, failed: 0, skipped: [], faults: [] })
})

t.test('a test that is left out is named with its reason, also inside another', async (t) => {
  t.match(await judge('skipped'), { passed: 1, failed: 0, skipped: ['child: needs a moon'], faults: [] })
})

t.test('a failed test counts once, at the top', async (t) => {
  t.match(await judge('fails'), { passed: 0, failed: 1, faults: ['it exited with 1'] })
})

const vanishing: Record<string, [what: string, fault: RegExp]> = {
  exit: ['a process that ends in the middle with code 0', /it ended after 1 tests, before it said how many/],
  dies: ['a process that is killed in the middle', /it exited with SIGKILL/],
  bail: ['a bailout with code 0', /it bailed out: no more/],
  todo: ['a test that is only intended', /"later" is only intended \(todo\)/],
  only: ['a test that is marked to run alone', /"alone" is marked to run alone \(only\)/],
  empty: ['a file that declares no test', /no test ran/],
  nothing: ['a file that is no test', /no test ran/],
  'ok-parent': ['a failed test inside one that passed', /failed inside a test that passed: child/],
  'too-few': ['fewer tests than the file says', /tap refuses it: .*incorrect number of tests/],
  'after-the-end': ['an exit code that is not 0 after all tests passed', /it exited with 3/]
}
for (const [name, [what, fault]] of Object.entries(vanishing)) {
  t.test(`${what} is a fault`, async (t) => {
    const { faults } = await judge(name)
    t.match(faults.join('\n'), fault)
  })
}

const refusedByTap: Record<string, string> = {
  refused: 'a subtest after the end of its parent',
  unawaited: 'a subtest that fails and that nobody waits for',
  drained: 'a test that never ends, and the one behind it',
  plan: 'fewer assertions than planned'
}
for (const [name, what] of Object.entries(refusedByTap)) {
  t.test(`${what} fails also with exit code 0`, async (t) => {
    const { failed, faults } = await judge(name)
    t.ok(failed + faults.length > 0)
  })
}
