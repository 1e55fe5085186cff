// A whole embedded stack in a process of its own, so that a test can kill it. Started by `forkStack`.
import { createLogger } from '@dueline/runtime'
import { startStack } from '@dueline/embedded'

const [folder = '', adminUrl = ''] = process.argv.slice(2)
const logger = createLogger({ service: 'embedded', level: 'warn', destination: process.stderr })
const stack = await startStack({ folder, port: 0, logger, unlimited: true, ...(adminUrl === '' ? {} : { adminUrl }) })
process.on('message', (message) => {
  if (message === 'stop') void stack.stop().then(() => process.exit(0))
})
// Whoever started it is gone: nobody would ever stop it.
process.on('disconnect', () => process.exit(1))
process.send?.({ url: stack.url, mailUrl: stack.mailUrl })
