import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createLogger } from '@dueline/runtime'
import { adminAccess, demoAccess } from './demo/cast.ts'
import { seedDemo } from './demo/seed.ts'
import { playDemo, type DemoMail } from './demo/story.ts'
import { startStack } from './stack.ts'

const usage = `npm run demo -- [options]
Plays the demonstration: on a stack of its own in a temporary folder, or on a running deployment with
  --url URL          its gateway
  --token TOKEN      of an admin of the tenant to play in; it gets a few people, a product and a promise (or DEMO_TOKEN)
  --mail-url URL     a maildev that catches its mails; without it nobody looks at mails
  --webhook-url URL  where this machine can be reached from the notification service, such as http://demo:9099`

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    token: { type: 'string', default: process.env['DEMO_TOKEN'] ?? '' },
    'mail-url': { type: 'string' },
    'webhook-url': { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})
const print = (line: string): void => { process.stdout.write(`${line}\n`) }
if (values.help) {
  print(usage)
  process.exit(0)
}
const missing = await (values.url === undefined ? playEmbedded() : playAt(values.url.replace(/\/$/, ''))).catch((error: Error) => [error.message])
print(missing.length === 0 ? 'The demonstration came true.' : `The demonstration lacks:\n${missing.map((each) => `  ${each}`).join('\n')}`)
process.exit(missing.length === 0 ? 0 : 1)

async function playEmbedded (): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-demo-'))
  const logger = createLogger({ service: 'embedded', level: 'warn', destination: process.stderr })
  print('starting the embedded stack in a temporary folder')
  const stack = await startStack({ folder, port: 0, logger })
  try {
    const access = await demoAccess(stack.url, stack.token)
    const seed = await seedDemo(access)
    return await playDemo({ access, seed, mails: () => stack.mails.list(), webhookUrl: 'http://127.0.0.1:0', print })
  } finally {
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function playAt (url: string): Promise<string[]> {
  if (values.token === '') return ['a token of an admin of the deployment: --token or DEMO_TOKEN']
  const reached = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(10_000) }).then((response) => response.ok, () => false)
  if (!reached) return [`a gateway that is ready at ${url}`]
  const access = adminAccess(url, values.token)
  const mails = await mailReader(values['mail-url'])
  const webhookUrl = values['webhook-url']
  if (webhookUrl === undefined) print('webhooks: skipped, --webhook-url does not say where this machine can be reached')
  return await playDemo({ access, seed: await seedDemo(access), mails, webhookUrl, print })
}

/** Reads what maildev has caught; nothing when it is not there. */
async function mailReader (mailUrl: string | undefined): Promise<(() => Promise<DemoMail[]>) | undefined> {
  if (mailUrl === undefined) {
    print('mails: skipped, --mail-url does not name a mail catcher')
    return undefined
  }
  const read = async (): Promise<DemoMail[]> => {
    const mails = await (await fetch(`${mailUrl.replace(/\/$/, '')}/email`, { signal: AbortSignal.timeout(5_000) })).json() as { to: { address: string }[], subject: string }[]
    return mails.map(({ to, subject }) => ({ to: to.map(({ address }) => address), subject }))
  }
  return await read().then(() => read, (error: Error) => {
    print(`mails: skipped, ${mailUrl} does not answer as maildev does (${error.message})`)
    return undefined
  })
}
