import t from 'tap'
import { busConformance } from '@dueline/messaging/conformance'
import { silentLogger, testKafka } from '@dueline/testkit'
import type { Bus } from '../../src/index.ts'
import { KafkaBus } from '../../src/kafka/kafka-bus.ts'

const brokers = await testKafka(t)
if (brokers !== undefined) {
  await busConformance(t, async (t) => ({
    async open () {
      return new KafkaBus({ brokers, prefix: 'conformance.', logger: silentLogger })
    },
    async cutOff (bus: Bus) {
      ;(bus as KafkaBus).cut()
      t.teardown(async () => await bus.close())
    }
  }), { rebalanceMs: 3_000, cleanCloseIsExact: true })
}
