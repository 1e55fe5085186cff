import { partitionCount, topics } from '@dueline/contracts'
import { BusError, busMigrations, createPgLogBus, type Bus } from '@dueline/messaging'
import { createBus, type BusConfig } from './bus-choice.ts'
import { assertSchema, whenAvailable, type Main } from './start.ts'

/**
 * The bus of a service, once it may be a member of its group, which has its name, and every topic is there: jobs make
 * them, because that takes rights which a service should not have.
 */
export async function openBus (main: Main, config: BusConfig): Promise<Bus> {
  const key = config.BUS === 'postgres' ? 'BUS_DATABASE_URL' : 'KAFKA_BROKERS'
  if (config.BUS === 'postgres') {
    await assertSchema(main, { key, url: config.BUS_DATABASE_URL ?? '', schema: 'bus', sources: [busMigrations] })
  }
  const bus = await createBus(config, main.logger)
  main.stops.push(() => bus.close())
  await whenAvailable(main, key, async () => {
    await assertTopics(bus)
    await bus.assertGroup(main.name)
  })
  return bus
}

/**
 * @throws BusError 'fatal' when a topic is missing or too small, or the bus refuses this program; 'retriable' when it
 * is away
 */
export async function assertTopics (bus: Bus): Promise<void> {
  for (const topic of Object.values(topics)) {
    const found = await bus.partitionCount(topic)
    if (found < partitionCount) {
      throw new BusError(
        'fatal',
        `topic ${topic} has ${found} partitions, at least ${partitionCount} are needed: ` +
          'delete it while it is empty and run the topics job'
      )
    }
  }
}

/** Makes the tables and topics of a bus on Postgres, under the address that `key` holds. */
export async function migrateBus (main: Main, { key, url }: { key: string, url: string }): Promise<void> {
  const bus = createPgLogBus({ url, logger: main.logger })
  main.stops.push(() => bus.close())
  const plans = Object.values(topics).map((topic) => ({ topic, partitions: partitionCount }))
  await whenAvailable(main, key, async () => await bus.ensureTopics(plans))
}
