import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createLogger } from '@dueline/runtime'
import { createApi } from '@dueline/demo'
import { reportTable } from './import/report.ts'
import { runImport } from './import/run-import.ts'
import { LogFault, readServiceNowLog } from './import/servicenow.ts'
import { startStack, type Stack } from './stack.ts'

const usage = `npm run import -- servicenow FILE.csv [options]
  --url U --token T   import into a running deployment (a token with role admin); else into a stack in a temporary folder
  --tenant NAME       tenant of the temporary stack (servicenow)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: 'string' }, token: { type: 'string' }, tenant: { type: 'string', default: 'servicenow' } }
})
const [format, file] = positionals
const say = (line: string): void => { process.stdout.write(`${line}\n`) }
if (format !== 'servicenow' || file === undefined || (values.url === undefined) !== (values.token === undefined)) {
  process.stderr.write(`${usage}\n`)
  process.exit(64)
}

const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => fail(`${file} cannot be read: ${error.code}`))
let log
try {
  log = readServiceNowLog(text)
} catch (error) {
  if (!(error instanceof LogFault)) throw error
  fail(`${file} is not such a log:\n${error.message}`)
}
say(`${file}: ${log.rows} rows, ${log.histories.length} incidents`)

const folder = values.url === undefined ? await mkdtemp(join(tmpdir(), 'dueline-import-')) : undefined
let stack: Stack | undefined
let complete = false
try {
  if (folder !== undefined) {
    say('starting the embedded stack in a temporary folder')
    stack = await startStack({ folder, port: 0, logger: createLogger({ service: 'embedded', level: 'warn', destination: process.stderr }), unlimited: true })
  }
  const token = values.token ?? await stack?.token({ tenant: values.tenant, personId: '01990000-0000-7000-8000-000000000001', roles: ['admin'] }) ?? ''
  const result = await runImport({ api: createApi(values.url ?? stack?.url ?? '', token), log, progress })
  process.stderr.write('\r\x1b[K')
  const refused = new Set(result.rejected.map(({ line }) => line)).size
  say(
    `histories: ${result.imported} imported, ${result.continued} continued, ${result.duplicates} there already, ` +
      `${refused} refused, of ${log.histories.length}`
  )
  for (const { line, pointer, message } of result.rejected) say(`  line ${line}: ${pointer} ${message}`)
  say(`${(log.histories.length / (result.durationMs / 1000)).toFixed(0)} histories/s until the last clock was visible (${(result.durationMs / 1000).toFixed(2)} s)\n`)
  say(reportTable(result.judged))
  complete = result.judged.length + refused === log.histories.length
  if (!complete) say(`\n${log.histories.length - result.judged.length - refused} histories have no resolution clock`)
} finally {
  await stack?.stop()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
}
process.exit(complete ? 0 : 1)

function progress (line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}

function fail (message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
