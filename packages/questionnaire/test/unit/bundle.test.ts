// The main entry has nothing of Node in it, compiles no code at run time, and validates where only the web's globals
// are.
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import t from 'tap'
import { questionnaire } from './samples.ts'

const entry = new URL('../../src/index.ts', import.meta.url).pathname
const bytesMax = 128 * 1024

t.test('the bundle for browsers stands alone', async (t) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'forms',
    platform: 'browser',
    target: 'es2022'
  })
  const text = outputFiles[0]?.text ?? ''
  t.same(Object.values(metafile.outputs).flatMap(({ imports }) => imports), [], 'nothing is left to import')
  t.notOk(text.includes('require('))
  const bytes = gzipSync(text).length
  t.ok(bytes <= bytesMax, `${bytes} bytes, compressed`)
  const context = createContext({
    TextEncoder,
    TextDecoder,
    form: JSON.stringify(questionnaire([{ kind: 'integer', name: 'age', constraint: 'age >= 18' }]))
  }, { codeGeneration: { strings: false, wasm: false } })
  const script = `${text}
    JSON.stringify(forms.validateAnswers(forms.compileQuestionnaire(JSON.parse(form)), { age: '١٧' }, {
      today: '2026-11-29', language: 'ar' }).faults)`
  t.match(JSON.parse(runInContext(script, context)), [{ pointer: '/age', code: 'constraint' }])
})
