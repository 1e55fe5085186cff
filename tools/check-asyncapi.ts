// Checks openapi/asyncapi.json with AsyncAPI's own parser, which is fetched: it brings 168 packages that nothing else
// needs. Fails on an error or a warning.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { bringLocked } from './runner/toolchain.mjs'

interface Diagnostic {
  /** 0 error, 1 warning, 2 information, 3 hint. */
  severity: number
  code: string | number
  path: ReadonlyArray<string | number>
  message: string
}
type ParserClass = new() => { parse: (text: string) => Promise<{ document?: object, diagnostics: Diagnostic[] }> }

const file = 'openapi/asyncapi.json'
const folder = await bringLocked(process.cwd(), 'tools/asyncapi')
const { Parser } = createRequire(join(folder, 'package.json'))('@asyncapi/parser') as { Parser: ParserClass }
const { document, diagnostics } = await new Parser().parse(readFileSync(file, 'utf8'))
const faults = diagnostics.filter(({ severity }) => severity < 2)
for (const { code, path, message } of faults) console.error(`${file} /${path.join('/')}: ${message} (${code})`)
if (document === undefined || faults.length > 0) process.exit(1)
console.log(`${file}: AsyncAPI's parser finds no error and no warning`)
