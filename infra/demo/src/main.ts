// The demonstration on a running deployment, for the image that runs it: DEMO_TOKEN, and the addresses as arguments.
import { parseArgs } from 'node:util'
import { runDemoAt } from './demo-at.ts'

const { values } = parseArgs({
  options: { url: { type: 'string', default: '' }, 'mail-url': { type: 'string' }, 'webhook-url': { type: 'string' } }
})
const print = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort(new Error(signal)))
const missing = await runDemoAt({
  url: values.url,
  token: process.env['DEMO_TOKEN'] ?? '',
  mailUrl: values['mail-url'],
  webhookUrl: values['webhook-url'],
  print,
  signal: ending.signal
}).catch((error: Error) => [error.message])
for (const each of missing) print(`missing: ${each}`)
if (ending.signal.aborted) process.exit(130)
print(missing.length === 0 ? 'The demonstration came true.' : 'The demonstration did not come true.')
process.exit(missing.length === 0 ? 0 : 1)
