import { saysGroupRefused } from './errors.ts'
import type { Defect } from './mend.ts'

/** The part of kafkajs that asks broker after broker until one answers. */
interface BrokerPool {
  withBroker(ask: (found: unknown) => Promise<unknown>): Promise<unknown>
}

/**
 * What a broker says to a client that has no right to its consumer group: kafkajs drops it, asks the next one, and
 * reports in the end that it "failed to find" the coordinator, as in an outage. Mended, the refusal comes out.
 */
export const lostRefusal: Defect<BrokerPool> = {
  module: 'cluster/brokerPool.js',
  methods: ['withBroker'],
  source: '8c1370a21148766f347880d8c8f330dcb6f434cf7749a56911a52ccde6ef0fde',
  harm: 'a missing right to a consumer group looks like an outage',
  replace (pool) {
    const { withBroker } = pool
    pool.withBroker = async function (ask) {
      let refusal: unknown
      const answer = await withBroker.call(this, async (found) =>
        await ask(found).catch((error: unknown) => {
          if (saysGroupRefused(error)) refusal = error
          throw error
        }))
      if (answer === null && refusal !== undefined) throw refusal
      return answer
    }
  }
}
