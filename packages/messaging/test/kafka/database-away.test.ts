import { testKafka } from '@dueline/testkit'
import t from 'tap'
import { allLoseTheDatabase, oneLosesItsDatabase } from '../support/database-away.ts'
import { freshName, kafkaBus } from '../support/kafka.ts'

const brokers = await testKafka(t)

if (brokers !== undefined) {
  t.test('a replica that loses its database gives its partitions to the others until it is back', async (t) => {
    await oneLosesItsDatabase(t, kafkaBus(t, { brokers, prefix: `${freshName('away')}.` }))
  })

  t.test('when the database is away from all, all come back with it', async (t) => {
    await allLoseTheDatabase(t, kafkaBus(t, { brokers, prefix: `${freshName('away')}.` }))
  })
}
