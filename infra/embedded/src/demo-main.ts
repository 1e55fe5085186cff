import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topicPlans } from '@dueline/contracts'
import { demoAccess, runDemo, runDemoAt, seedDemo, type Place } from '@dueline/demo'
import { dropTopics } from '@dueline/messaging/kafka'
import { logFile } from './folder.ts'
import { openLog } from './log-file.ts'
import { readOptions } from './options.ts'
import { runProgram, type Program } from './program.ts'
import { kafkaPrefix } from './secrets.ts'
import { startStack } from './stack.ts'
import { wrongChoice } from './start-fault.ts'

const usage = `npm run demo -- [options]
Runs the demonstration: on a stack of its own in a temporary folder, with
  --bus kafka        events by the Kafka of KAFKA_BROKERS instead of the Postgres log
or on a running deployment with
  --url URL          its gateway
  --token TOKEN      of an administrator of the tenant to run in (or DEMO_TOKEN); the tenant gets a few people, a team
                     with a rule, a product and an SLA row, and nothing while its SLA table has unpublished changes
  --mail-url URL     the page of the mail catcher that gets its mails; without it nobody looks at mails
  --webhook-url URL  where this machine can be reached from the notification service, such as http://demo:9099`

const options = {
  bus: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  'mail-url': { type: 'string' },
  'webhook-url': { type: 'string' },
  help: { type: 'boolean' }
} as const

await runProgram({ name: 'demo', stoppedCode: 130 }, async (program) => {
  const { values } = readOptions('demo', options, { args: process.argv.slice(2), env: process.env })
  const { print } = program
  if (values.help === true) {
    print(usage)
    return 0
  }
  const { bus = 'postgres', url, token = process.env['DEMO_TOKEN'] ?? '' } = values
  if (bus !== 'postgres' && bus !== 'kafka') throw wrongChoice(`--bus must be postgres or kafka, not "${bus}"`)
  const kafkaBrokers = bus === 'kafka' ? (process.env['KAFKA_BROKERS'] || undefined)?.split(',') : undefined
  if (bus === 'kafka' && kafkaBrokers === undefined) throw wrongChoice('--bus kafka needs KAFKA_BROKERS=host:port')
  const missing = url === undefined
    ? await runEmbedded(program, kafkaBrokers)
    : await runAt(program, { url, token, mailUrl: values['mail-url'], webhookUrl: values['webhook-url'] })
  print(
    missing.length === 0
      ? 'The demonstration came true.'
      : `The demonstration lacks:\n${missing.map((each) => `  ${each}`).join('\n')}`
  )
  return missing.length === 0 ? 0 : 1
})

async function runAt ({ print, signal, stops }: Program, place: Omit<Place, 'print' | 'signal'>): Promise<string[]> {
  const demonstration = runDemoAt({ ...place, print, signal }).catch((error: Error) => [error.message])
  // A stop waits until it has removed its webhook endpoint.
  stops.push(async () => {
    await demonstration
  })
  return await demonstration
}

async function runEmbedded (
  { print, signal, stops, fail }: Program,
  kafkaBrokers: string[] | undefined
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-demo-'))
  let folderStays = false
  stops.push(async () => {
    if (!folderStays) await rm(folder, { recursive: true, force: true })
  })
  const logger = await openLog(folder, 'warn')
  print(
    'starting the embedded stack in a temporary folder, with ' +
      `${kafkaBrokers === undefined ? 'the Postgres log' : `Kafka at ${kafkaBrokers.join(',')}`} as its bus`
  )
  if (kafkaBrokers !== undefined) {
    stops.push(async () => {
      await dropTopics({ brokers: kafkaBrokers, prefix: await kafkaPrefix(folder) }, topicPlans, logger)
    })
  }
  const watcher = { ended: () => true, restarted: () => {}, failed: fail }
  const stack = await startStack({
    folder,
    port: 0,
    logger,
    signal,
    watcher,
    ...(kafkaBrokers === undefined ? {} : { kafkaBrokers })
  })
  stops.push(() => stack.stop())
  const access = await demoAccess(stack.url, stack.token)
  const seed = await seedDemo(access, signal)
  const demonstration = runDemo({
    access,
    seed,
    mails: () => stack.mails.list(),
    webhookUrl: 'http://127.0.0.1:0',
    print,
    signal
  })
  stops.push(async () => {
    await demonstration.catch(() => {})
  })
  const missing = await demonstration
  folderStays = missing.length > 0
  if (folderStays) print(`what the stack said: ${join(folder, logFile)}`)
  return missing
}
