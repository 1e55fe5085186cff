import type { Metrics } from '@dueline/runtime'

/** What a relay counts, by topic. */
export interface RelayMetrics {
  /** A batch is out; the age of its oldest event in milliseconds. */
  published (count: number, oldestMs: number): void
  depth (count: number): void
  failed (): void
}

/** Registers (once per registry) and binds to a topic. */
export function relayMetrics (metrics: Metrics, topic: string): RelayMetrics {
  const published = metrics.counter('dueline_relay_published_total', 'Events moved from the outbox to the bus.', ['topic'])
  const failures = metrics.counter('dueline_relay_failures_total', 'Passes of the relay that failed.', ['topic'])
  const lag = metrics.histogram('dueline_relay_lag_seconds', 'Age of the oldest event of a batch when it was published.', ['topic'])
  const depth = metrics.gauge('dueline_outbox_depth', 'Events waiting in the outbox, counted up to 100,000.', ['topic'])
  return {
    published (count, oldestMs) {
      published.inc({ topic }, count)
      lag.observe({ topic }, oldestMs / 1000)
    },
    depth (count) { depth.set({ topic }, count) },
    failed () { failures.inc({ topic }) }
  }
}
