import t from 'tap'
import { busConformance } from '@dueline/messaging/conformance'
import { createPgLogBus, type Bus } from '../../src/index.ts'
import { silentLogger, testDatabase } from '@dueline/testkit'
import { cutConnections } from '../support/cut-off.ts'

await busConformance(t, async (t) => {
  const { adminUrl: url } = await testDatabase(t, { schema: 'bus' })
  const proxies = new Map<Bus, () => Promise<void>>()
  return {
    async open () {
      const line = await cutConnections(t, url)
      const bus = createPgLogBus({ url: line.url, logger: silentLogger })
      proxies.set(bus, line.cut)
      return bus
    },
    async cutOff (bus) {
      await proxies.get(bus)!()
      t.teardown(async () => await bus.close())
    }
  }
}, { rebalanceMs: 2_500, cleanCloseIsExact: true })
