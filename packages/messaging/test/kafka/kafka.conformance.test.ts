import t from 'tap'
import { busConformance } from '@dueline/messaging/conformance'
import { silentLogger } from '@dueline/testkit'
import type { Bus } from '../../src/index.ts'
import { KafkaBus } from '../../src/kafka/kafka-bus.ts'

await busConformance(t, async (t) => {
  const brokers = process.env.KAFKA_BROKERS!.split(',')
  return {
    async open () { return new KafkaBus({ brokers, logger: silentLogger }) },
    async cutOff (bus: Bus) {
      (bus as KafkaBus).cut()
      t.teardown(async () => await bus.close())
    }
  }
}, { takeoverMsMax: 13_000, rebalanceMsMax: 3_000, cleanCloseIsExact: true })
