import { topicPlans } from '@dueline/contracts'
import { createKafkaBus } from '@dueline/messaging/kafka'
import { silentLogger, testBroker } from '@dueline/testkit'
import t from 'tap'
import { assertTopics } from '../../src/bus.ts'

const broker = await testBroker(t)

t.test(
  'on Kafka a service makes no topics: it says which one is missing or too small',
  { skip: broker === undefined },
  async (t) => {
    const bus = createKafkaBus({ brokers: [broker!.brokers], logger: silentLogger })
    t.teardown(async () => await bus.close())
    const asked = async (): Promise<void> => await assertTopics(bus)
    await t.rejects(asked(), {
      name: 'BusError',
      kind: 'fatal',
      message: /dueline\.ticket: a topic or partition does not exist: run the topics job/
    })
    await bus.ensureTopics(
      topicPlans.map(({ topic, partitions }) => ({ topic, partitions: topic === 'dueline.clock' ? 3 : partitions }))
    )
    await t.rejects(asked(), {
      name: 'BusError',
      kind: 'fatal',
      message: /topic dueline\.clock has 3 partitions, at least 12 are needed/
    })
    await broker!.kill()
    await t.rejects(asked(), { name: 'BusError', kind: 'retriable' }, 'an outage is none of its mistakes')
  }
)
