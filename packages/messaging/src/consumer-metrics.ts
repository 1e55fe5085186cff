import type { Metrics } from '@dueline/runtime'

/** What a consumer counts, by group. */
export interface ConsumerMetrics {
  consumed(count: number): void
  duplicates(count: number): void
  deadLetter(reason: string): void
  failed(): void
  lag(topic: string, records: number): void
  batchSeconds(seconds: number): void
}

/** Registers (once per registry) and binds to a group. */
export function consumerMetrics (metrics: Metrics, group: string): ConsumerMetrics {
  const consumed = metrics.counter('dueline_consumer_events_total', 'Events that took effect.', ['group'])
  const duplicates = metrics.counter(
    'dueline_consumer_duplicates_total',
    'Events dropped because they had taken effect before.',
    ['group']
  )
  const why = ['group', 'reason']
  const dead = metrics.counter('dueline_consumer_dead_letters_total', 'Records put aside as dead letters.', why)
  const failures = metrics.counter('dueline_consumer_failures_total', 'Transactions of a consumer that failed.', [
    'group'
  ])
  const lag = metrics.gauge('dueline_consumer_lag_records', 'Records not yet handled.', ['group', 'topic'])
  const help = 'Duration of one transaction of a consumer.'
  const batch = metrics.histogram('dueline_consumer_batch_duration_seconds', help, ['group'])
  return {
    consumed (count) {
      if (count > 0) consumed.inc({ group }, count)
    },
    duplicates (count) {
      if (count > 0) duplicates.inc({ group }, count)
    },
    deadLetter (reason) {
      dead.inc({ group, reason })
    },
    failed () {
      failures.inc({ group })
    },
    lag (topic, records) {
      lag.set({ group, topic }, records)
    },
    batchSeconds (seconds) {
      batch.observe({ group }, seconds)
    }
  }
}
