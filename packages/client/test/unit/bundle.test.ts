// What a front end bundles has nothing of Node in it: it is built as for a browser and run where only the web's globals
// are.
import { gzipSync } from 'node:zlib'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import t from 'tap'
import { problem, startServer } from '../api/server.ts'

const entry = new URL('../../src/index.ts', import.meta.url).pathname
const bytesMax = 8 * 1024

t.test('the bundle is small, imports nothing, and works with the globals of the web alone', async (t) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'dueline',
    platform: 'browser',
    target: 'es2022'
  })
  const text = outputFiles[0]?.text ?? ''
  t.same(Object.values(metafile.outputs).flatMap(({ imports }) => imports), [], 'nothing is left to import')
  t.notMatch(text, /\bnode:|\brequire\(|\bprocess\b|\bBuffer\b/)
  const bytes = gzipSync(text).length
  t.ok(bytes <= bytesMax, `${bytes} bytes, compressed`)

  const web = {
    AbortController,
    AbortSignal,
    Headers,
    TextDecoder,
    TextEncoder,
    URLSearchParams,
    atob,
    clearTimeout,
    crypto,
    fetch,
    performance,
    // eslint-disable-next-line no-restricted-globals
    setTimeout
  }
  const server = await startServer(t)
  server.answer(problem(503, 'unavailable'), { status: 201, body: { number: 'T-000001' } })
  const context = createContext({ ...web, url: server.url })
  const script = `${text}
    dueline.createClient({ url, token: 'secret', firstWaitMs: 1 }).post('/v1/tickets', { body: { subject: 'x' } })
      .then(({ data }) => data.number)`
  t.equal(await runInContext(script, context), 'T-000001')
  t.equal(server.came.length, 2)
})
