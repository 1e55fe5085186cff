import { choosePorts, startStack, type Stack } from '@dueline/embedded'
import { silentLogger } from '@dueline/testkit'
import t from 'tap'
import type { StackBusChoice } from './buses.ts'
import { stackFolder } from './stack-folder.ts'

/** A running stack that several test files share. */
export interface OneStack extends Pick<Stack, 'url' | 'mailUrl' | 'token'> {
  readonly folder: string
  /** Browsers may call it from pages that this port of 127.0.0.1 serves. */
  readonly pagePort: number
}

const started = new Map<string, Promise<OneStack>>()

/**
 * The stack of this process on a bus, without limits for callers, started on first use: files of `test/e2e/one-stack`
 * run in one process. Each test takes a tenant of its own and leaves the stack running; it ends after the last file.
 */
export async function oneStack (options: StackBusChoice['options'] = {}): Promise<OneStack> {
  const key = JSON.stringify(options)
  const stack = started.get(key) ?? start(options)
  started.set(key, stack)
  return await stack
}

/** Here `t` is the test of the whole process, which also holds when a harness is what has imported it. */
async function start (options: StackBusChoice['options']): Promise<OneStack> {
  const folder = await stackFolder(t)
  const [pagePort = 0] = await choosePorts(0, 1)
  const corsOrigins = [`http://127.0.0.1:${pagePort}`]
  const stack = await startStack({ folder, port: 0, logger: silentLogger, unlimited: true, corsOrigins, ...options })
  t.teardown(async () => await stack.stop())
  return { url: stack.url, mailUrl: stack.mailUrl, token: stack.token, folder, pagePort }
}
