import type { Database } from '@dueline/postgres'
import type { Metrics } from '@dueline/runtime'
import type { RelayOptions } from './relay-options.ts'

/** What a relay counts, by topic. */
export interface RelayMetrics {
  /** A batch is out; the age of its oldest event in milliseconds. */
  published(count: number, oldestMs: number): void
  failed(): void
}

const countedMax = 100_000
const waitingEvents = 'dueline_outbox_waiting_events'
const oldestAge = 'dueline_outbox_oldest_age_seconds'

/** What waits in the outbox, also while no relay works. */
function registerOutbox ({ pool }: Database, metrics: Metrics): void {
  const gauges = {
    [waitingEvents]: { help: 'Events waiting in the outbox, counted up to 100,000' },
    [oldestAge]: { help: 'Age of the oldest event that waits in the outbox; 0 when none does' }
  }
  metrics.sampled(gauges, async () => {
    const { rows: [found] } = await pool.query<{ waiting: number, age: number }>({
      name: 'outbox_depth',
      text: `select (select count(*)::int from (select 1 from outbox limit ${countedMax}) o) as waiting,
        coalesce(extract(epoch from now() - (select recorded_at from outbox order by seq limit 1)), 0)::float8 as age`
    })
    return [{ name: waitingEvents, value: found!.waiting }, { name: oldestAge, value: Math.max(0, found!.age) }]
  })
}

/** Registers (once per registry) and binds to a topic. */
export function relayMetrics ({ metrics, topic, database }: RelayOptions): RelayMetrics {
  registerOutbox(database, metrics)
  const published = metrics.counter('dueline_relay_published_total', 'Events moved from the outbox to the bus.', [
    'topic'
  ])
  const failures = metrics.counter('dueline_relay_failures_total', 'Passes of the relay that failed.', ['topic'])
  const lag = metrics.histogram(
    'dueline_relay_lag_seconds',
    'Age of the oldest event of a batch when it was published.',
    ['topic']
  )
  return {
    published (count, oldestMs) {
      published.inc({ topic }, count)
      lag.observe({ topic }, oldestMs / 1000)
    },
    failed () {
      failures.inc({ topic })
    }
  }
}
