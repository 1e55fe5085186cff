import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import type { TestContext } from '@dueline/testkit'

/** A port of 127.0.0.1 that somebody listens at until the end of the test. */
export async function takenPort (t: Pick<TestContext, 'teardown'>): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1')
  t.teardown(() => {
    holder.close()
  })
  await once(holder, 'listening')
  return (holder.address() as AddressInfo).port
}
