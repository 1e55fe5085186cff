// A whole embedded stack in a process of its own, so that a test can kill it. Started by `forkStack`.
import { armCrashPoint, createLogger } from '@dueline/runtime'
import { startStack } from '@dueline/embedded'

const [folder = '', adminUrl = '', level = 'error', kafkaBrokers = ''] = process.argv.slice(2)
const logger = createLogger({ service: 'embedded', level, destination: process.stderr })
const stack = await startStack({
  folder,
  port: 0,
  logger,
  unlimited: true,
  ...(adminUrl === '' ? {} : { adminUrl }),
  ...(kafkaBrokers === '' ? {} : { kafkaBrokers: kafkaBrokers.split(',') })
})
process.on('message', (message) => {
  if (message === 'stop') void stack.stop().then(() => process.exit(0))
  else armCrashPoint(message.dieAt)
})
// Whoever started it is gone: nobody would ever stop it.
process.on('disconnect', () => process.exit(1))
process.send?.({ url: stack.url, mailUrl: stack.mailUrl })
