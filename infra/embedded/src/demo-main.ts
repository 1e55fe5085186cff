import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { topicPlans } from '@dueline/contracts'
import { demoAccess, playAt, playDemo, seedDemo } from '@dueline/demo'
import { dropTopics } from '@dueline/messaging/kafka'
import { createLogger, exitCodeOfConfigError } from '@dueline/runtime'
import { kafkaPrefix } from './secrets.ts'
import { startStack } from './stack.ts'

const usage = `npm run demo -- [options]
Plays the demonstration: on a stack of its own in a temporary folder, with
  --bus kafka        events by the Kafka of KAFKA_BROKERS instead of the Postgres log
or on a running deployment with
  --url URL          its gateway
  --token TOKEN      of an admin of the tenant to play in; it gets a few people, a product and a promise (or DEMO_TOKEN)
  --mail-url URL     a maildev that catches its mails; without it nobody looks at mails
  --webhook-url URL  where this machine can be reached from the notification service, such as http://demo:9099`

const { values } = parseArgs({
  options: {
    bus: { type: 'string', default: 'postgres' },
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
const kafkaBrokers = values.bus === 'kafka' ? (process.env['KAFKA_BROKERS'] || undefined)?.split(',') : undefined
if (values.bus !== 'postgres' && kafkaBrokers === undefined) {
  process.stderr.write(values.bus === 'kafka' ? 'demo: --bus kafka needs KAFKA_BROKERS=host:port\n' : 'demo: --bus is postgres or kafka\n')
  process.exit(exitCodeOfConfigError)
}
const missing = await (values.url === undefined ? playEmbedded() : playAt({ url: values.url, token: values.token, mailUrl: values['mail-url'], webhookUrl: values['webhook-url'], print })).catch((error: Error) => [error.message])
print(missing.length === 0 ? 'The demonstration came true.' : `The demonstration lacks:\n${missing.map((each) => `  ${each}`).join('\n')}`)
process.exit(missing.length === 0 ? 0 : 1)

async function playEmbedded (): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-demo-'))
  const logger = createLogger({ service: 'embedded', level: 'warn', destination: process.stderr })
  print(`starting the embedded stack in a temporary folder, with ${kafkaBrokers === undefined ? 'the Postgres log' : `Kafka at ${kafkaBrokers.join(',')}`} as its bus`)
  const stack = await startStack({ folder, port: 0, logger, ...(kafkaBrokers === undefined ? {} : { kafkaBrokers }) })
  try {
    const access = await demoAccess(stack.url, stack.token)
    const seed = await seedDemo(access)
    return await playDemo({ access, seed, mails: () => stack.mails.list(), webhookUrl: 'http://127.0.0.1:0', print })
  } finally {
    await stack.stop()
    if (kafkaBrokers !== undefined) await dropTopics({ brokers: kafkaBrokers, prefix: await kafkaPrefix(folder) }, topicPlans, logger)
    await rm(folder, { recursive: true, force: true })
  }
}
