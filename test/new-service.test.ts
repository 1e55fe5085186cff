// An empty service is added as docs/howto/add-a-service.md says, in a copy of the tree, and everything takes it;
// without any one of its parts something refuses it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { additions, addSurvey, files } from './harness/new-service.ts'
import { leftOvers, missingPlaces } from './harness/places-of-services.ts'
import { missingParts, unknownParts } from './harness/skeleton.ts'
import { copyTree } from './harness/tree-copy.ts'
import { temporaryFolder } from './harness/temporary-folder.ts'
import { typeChecker } from './harness/type-checker.ts'

/** Runs a program of the copy; what it printed when it fails, else nothing. */
async function faultsOf (root: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const [code] = await once(child, 'close') as [number]
  return code === 0 ? '' : output
}

/** What refuses the service in the tree at `root`; the compiler is asked when nothing else does. */
function refusals (root: string, wrongTypes: () => string[]): string[] {
  const found = [...missingParts('survey', root), ...unknownParts('survey', root), ...missingPlaces('survey', root)]
  return found.length > 0 ? found : wrongTypes()
}

t.test('a service is added and taken away again', async (t) => {
  const root = join(await temporaryFolder(t), 'tree')
  copyTree(root)
  const wrongTypes = typeChecker(root)
  addSurvey(root)
  t.match(await faultsOf(root, 'tools/generate.ts', '--check'), /not current: openapi\/survey\.json/)
  t.equal(await faultsOf(root, 'tools/generate.ts'), '', 'its documents are written')
  const tests = ['test/services.test.ts', 'test/architecture.test.ts', 'services/survey/test/api/conformance.test.ts']
  const [stale, ...failed] = await Promise.all([
    faultsOf(root, 'tools/generate.ts', '--check'),
    ...tests.map(async (file) => await faultsOf(root, file))
  ])
  t.same([stale, ...failed], ['', '', '', ''])
  t.same(refusals(root, wrongTypes), [], 'skeleton, places and types take it')
  const written = (file: string): string => readFileSync(join(root, file), 'utf8')
  t.match(written('openapi/gateway.json'), /listSurveyDeadLetters/, 'the gateway knows its operations')
  t.match(written('openapi/asyncapi.json'), /dueline\.survey\.answered\.v1/)
  t.match(written('docs/access.md'), /## survey/)
  t.match(written('packages/runtime/src/known-variables.ts'), /'SURVEY_DATABASE_URL'/, 'it has a role')

  rmSync(join(root, 'services/survey'), { recursive: true })
  t.match(await faultsOf(root, 'test/services.test.ts'), /every folder of services but the gateway is in the list/)
  t.same(leftOvers(['ticket', 'sla-policy', 'clock', 'escalation', 'notification', 'directory', 'template'], root), [
    'survey'
  ])
  for (const part of [...Object.keys(files), ...additions]) {
    const name = typeof part === 'string' ? part : `${part[0]}: ${part[2].trim().split('\n')[0]}`
    addSurvey(root, part)
    t.not(refusals(root, wrongTypes).length, 0, `without ${name} it is refused`)
  }
})

t.test('the howto names every file that is changed', (t) => {
  const howto = readFileSync('docs/howto/add-a-service.md', 'utf8')
  for (const [file] of additions) t.ok(howto.includes(`\`${file}\``), file)
  t.end()
})
