import { silentLogger, testDatabase } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { busMigrations, createPgLogBus, type Bus } from '../../src/index.ts'
import { allLoseTheDatabase, oneLosesItsDatabase } from '../support/database-away.ts'

async function pgLogBus (t: Test): Promise<Bus> {
  const { adminUrl: url } = await testDatabase(t, { schema: 'bus', sources: [busMigrations] })
  const bus = createPgLogBus({ url, logger: silentLogger })
  t.teardown(async () => await bus.close())
  return bus
}

t.test('a replica that loses its database gives its partitions to the others until it is back', async (t) => {
  await oneLosesItsDatabase(t, await pgLogBus(t))
})

t.test('when the database is away from all, all come back with it', async (t) => {
  await allLoseTheDatabase(t, await pgLogBus(t))
})
