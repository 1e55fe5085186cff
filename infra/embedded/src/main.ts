import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { demoAccess, demoRoles, playDemo, seedDemo } from '@dueline/demo'
import { createLogger } from '@dueline/runtime'
import { stopOnSignal } from '@dueline/service'
import { startStack } from './stack.ts'

const usage = `npm start -- [options]
  --port N       the gateway's port, the services follow it (8080; 0 takes free ones)
  --reset        forget everything that was kept
  --no-demo      start without the demonstration
  --folder PATH  where data is kept (.dueline/stack)
  --database-url URL  a Postgres to use instead of the embedded one
  --log-level L  of standard error (warn)`

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8080' },
    reset: { type: 'boolean', default: false },
    'no-demo': { type: 'boolean', default: false },
    folder: { type: 'string', default: fileURLToPath(new URL('../../../.dueline/stack', import.meta.url)) },
    'database-url': { type: 'string' },
    'log-level': { type: 'string', default: 'warn' },
    help: { type: 'boolean', default: false }
  }
})
const print = (line: string): void => { process.stdout.write(`${line}\n`) }
if (values.help) {
  print(usage)
  process.exit(0)
}

const begunMs = performance.now()
if (values.reset) await rm(values.folder, { recursive: true, force: true })
const logger = createLogger({ service: 'embedded', level: values['log-level'] as 'warn', destination: process.stderr })
const adminUrl = values['database-url']
const stack = await startStack({ folder: values.folder, port: Number(values.port), logger, ...(adminUrl === undefined ? {} : { adminUrl }) })
stopOnSignal(logger, stack.stop)
const access = await demoAccess(stack.url, stack.token)
// Before the curl is shown: its customer has to exist.
const seed = await seedDemo(access)
print(`
Dueline is ready after ${((performance.now() - begunMs) / 1000).toFixed(1)} s.
  API            ${stack.url}/v1
  Reference      ${stack.url}/docs
  OpenAPI        ${stack.url}/openapi.json
  Mail           ${stack.mailUrl}
  Data           ${values.folder}

Tokens of the tenant "demo", valid for 7 days:`)
for (const role of demoRoles) print(`  ${role.padEnd(10)} ${access.tokens[role]}`)
print(`
Open a ticket:
  curl -sS -X POST ${stack.url}/v1/tickets \\
    -H 'authorization: Bearer ${access.tokens.customer}' \\
    -H 'content-type: application/json' \\
    -d '{"subject":"The printer is on fire","priority":"P1"}'
`)
if (!values['no-demo']) {
  print('Demonstration, in real time:')
  const missing = await playDemo({ access, seed, mails: () => stack.mails.list(), webhookUrl: 'http://127.0.0.1:0', print })
  print(missing.length === 0 ? 'The demonstration came true. Stop with Ctrl-C.' : `The demonstration lacks: ${missing.join('; ')}`)
}
