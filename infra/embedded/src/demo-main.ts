import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@dueline/runtime'
import { demoAccess } from './demo/cast.ts'
import { seedDemo } from './demo/seed.ts'
import { playDemo } from './demo/story.ts'
import { startStack } from './stack.ts'

/** Plays the demonstration on a stack of its own, in a fresh folder that is gone afterwards. */
const folder = await mkdtemp(join(tmpdir(), 'dueline-demo-'))
const print = (line: string): void => { process.stdout.write(`${line}\n`) }
const logger = createLogger({ service: 'embedded', level: 'warn', destination: process.stderr })
print('starting the embedded stack in a temporary folder')
const stack = await startStack({ folder, port: 0, logger })
let missing: string[]
try {
  const access = await demoAccess(stack.url, stack.token)
  const seed = await seedDemo(access)
  missing = await playDemo({ access, seed, mails: () => stack.mails.list(), print })
} finally {
  await stack.stop()
  await rm(folder, { recursive: true, force: true })
}
print(missing.length === 0 ? 'The demonstration came true.' : `The demonstration lacks:\n${missing.map((each) => `  ${each}`).join('\n')}`)
process.exit(missing.length === 0 ? 0 : 1)
