import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { testBroker } from '@dueline/testkit'
import type { Test } from 'tap'

/** A broker that clients reach through a proxy only. */
export interface ProxiedKafka {
  brokers: string[]
  /**
   * Passes on `bytes` bytes of the next answer that is longer, then resets its connection. Resolves when that is done.
   */
  resetWithin(bytes: number): Promise<void>
}

export async function proxiedKafka (t: Test): Promise<ProxiedKafka | undefined> {
  let port = 0
  let cut: { bytes: number, done: () => void } | undefined
  const proxy = createServer((client) => {
    const broker = connect(port, '127.0.0.1')
    client.on('error', () => {}).on('close', () => broker.destroy()).pipe(broker)
    broker.on('error', () => {}).on('close', () => client.destroy()).on('data', (data: Buffer) => {
      if (cut === undefined || data.length <= cut.bytes) {
        client.write(data)
        return
      }
      broker.removeAllListeners('data').resume()
      const { bytes, done } = cut
      cut = undefined
      client.write(data.subarray(0, bytes), () =>
        afterTurns(2, () => {
          client.resetAndDestroy()
          done()
        }))
    })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  t.teardown(() => {
    proxy.close()
  })
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const broker = await testBroker(t, { properties: { 'advertised.listeners': `PLAINTEXT://${address}` } })
  if (broker === undefined) return undefined
  port = Number(broker.brokers.split(':')[1])
  return {
    brokers: [address],
    resetWithin: async (bytes) =>
      await new Promise((resolve) => {
        cut = { bytes, done: resolve }
      })
  }
}

/**
 * By then a client in this process has read what was written: a reset that came with it would be taken for an orderly
 * end.
 */
function afterTurns (turns: number, act: () => void): void {
  setImmediate(turns > 1 ? () => afterTurns(turns - 1, act) : act)
}
