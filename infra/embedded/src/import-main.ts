import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '@dueline/client'
import { reportTable } from './import/report.ts'
import { runImport } from './import/run-import.ts'
import { LogFault, readServiceNowLog } from './import/servicenow.ts'
import { openLog } from './log-file.ts'
import { readOptions } from './options.ts'
import { runProgram, type Program } from './program.ts'
import { startStack } from './stack.ts'
import { StartFault, wrongChoice } from './start-fault.ts'

const usage = `npm run import -- servicenow FILE.csv [options]
  --url U --token T   import into a running deployment (a token with role admin);
                      else into a stack in a temporary folder
  --tenant NAME       tenant of the temporary stack (servicenow)`

await runProgram({ name: 'import', stoppedCode: 130 }, async (program) => {
  const { print } = program
  const { values, positionals: [format, file] } = readOptions(
    'import',
    {
      url: { type: 'string' },
      token: { type: 'string' },
      tenant: { type: 'string' },
      help: { type: 'boolean' }
    },
    { args: process.argv.slice(2), env: process.env },
    2
  )
  if (values.help === true) {
    print(usage)
    return 0
  }
  const { url, token, tenant = 'servicenow' } = values
  if (format !== 'servicenow' || file === undefined) {
    throw wrongChoice(`the format and the file are missing: ${usage.split('\n')[0]}`)
  }
  if ((url === undefined) !== (token === undefined)) {
    throw wrongChoice('--url and --token go together: one names the deployment, the other lets you in')
  }
  const log = await readLog(file)
  print(`${file}: ${log.rows} rows, ${log.histories.length} incidents`)
  const client = url === undefined || token === undefined
    ? await temporaryStack(program, tenant)
    : createClient({ url, token })
  const result = await runImport({ client, log, progress })
  progress('')
  const refused = new Set(result.rejected.map(({ line }) => line)).size
  print(
    `histories: ${result.imported} imported, ${result.continued} continued, ${result.duplicates} there already, ` +
      `${refused} refused, of ${log.histories.length}`
  )
  for (const { line, pointer, message } of result.rejected) print(`  line ${line}: ${pointer} ${message}`)
  const perSecond = log.histories.length / (result.durationMs / 1_000)
  print(
    `${perSecond.toFixed(0)} histories/s until the last clock was visible ` +
      `(${(result.durationMs / 1_000).toFixed(2)} s)\n`
  )
  print(reportTable(result.judged))
  const left = log.histories.length - result.judged.length - refused
  if (left !== 0) print(`\n${left} histories have no resolution clock`)
  return left === 0 ? 0 : 1
})

async function readLog (file: string): Promise<ReturnType<typeof readServiceNowLog>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw wrongChoice(`${file} cannot be read: ${error.code}`, error)
  })
  try {
    return readServiceNowLog(text)
  } catch (error) {
    if (!(error instanceof LogFault)) throw error
    throw new StartFault(`${file} is not such a log:\n${error.message}`, { cause: error })
  }
}

async function temporaryStack ({ print, signal, stops, fail }: Program, tenant: string): Promise<Client> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-import-'))
  stops.push(async () => await rm(folder, { recursive: true, force: true }))
  print('starting the embedded stack in a temporary folder')
  const watcher = { ended: () => true, restarted: () => {}, failed: fail }
  const stack = await startStack({
    folder,
    port: 0,
    logger: await openLog(folder, 'warn'),
    unlimited: true,
    signal,
    watcher
  })
  stops.push(() => stack.stop())
  const claims = { tenant, personId: '01990000-0000-7000-8000-000000000001', roles: ['admin' as const] }
  return createClient({ url: stack.url, token: () => stack.token(claims) })
}

/** On one line, which the next call replaces. */
function progress (line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`)
}
