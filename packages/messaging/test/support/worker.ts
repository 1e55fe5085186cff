// A service's background loops in a process that may be killed: `node … worker.ts <database url> [<lease ms>]`. Prints
// `ready`.
import { createDatabase } from '@dueline/postgres'
import { createLogger, createMetrics } from '@dueline/runtime'
import { createConsumer, createPgLogBus, createRelay } from '../../src/index.ts'
import { ignored, topic, type } from './events.ts'

const [url = '', leaseMs = '3000'] = process.argv.slice(2)
const times = { leaseMs: Number(leaseMs), heartbeatMs: Number(leaseMs) / 3 }
const logger = createLogger({ service: 'worker', level: 'silent' })
const database = createDatabase({ url, schema: 'notification', poolMax: 5, applicationName: 'worker', logger })
const bus = createPgLogBus({ url, logger, ...times })
const metrics = createMetrics('worker')
const relay = createRelay({ database, bus, topic, logger, metrics, batchMax: 5, leaseMs: times.leaseMs })
const consumer = createConsumer({
  database,
  bus,
  group: 'worker',
  topics: [topic],
  logger,
  metrics,
  handlers: {
    ...ignored,
    [type]: async (tx, events) => {
      for (const event of events) {
        await tx.$client.query('insert into applied (id, key, sequence) values ($1, $2, $3)', [
          event.id,
          event.partitionkey,
          event.sequence
        ])
      }
    }
  }
})
await consumer.start()
await relay.start()
process.stdout.write('ready\n')
