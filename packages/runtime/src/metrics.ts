import * as client from '@prometheus-io/client'

export type Counter = client.Counter<string>
export type Gauge = client.Gauge<string>
export type Histogram = client.Histogram<string>

/**
 * How often the event loop is looked at for `nodejs_eventloop_lag_*_seconds`, which count this interval in: 0.1 means no lag. Every
 * 10 ms, as the client would have it, was the greater part of what an idle service does.
 */
const eventLoopLookMs = 100

/** Over how long `nodejs_eventloop_utilization_*` is averaged: every 100 ms, as the client would have it, wakes an idle service. */
const utilizationMs = 1_000

/** Seconds from 0.5 ms to 10 s: what one request or one pass may take. */
export const durationBuckets: readonly number[] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * The metrics of one service. Asking for a name again gives the same metric, so two loops may share one.
 * Names are in snake_case with their unit last (`_seconds`, `_total`). Labels must have few values: never ids.
 */
export interface Metrics {
  readonly registry: client.Registry
  counter (name: string, help: string, labels?: readonly string[]): Counter
  /** Buckets are `durationBuckets` unless given. */
  histogram (name: string, help: string, labels?: readonly string[], buckets?: readonly number[]): Histogram
  /** `collect` is called at each scrape, to set the gauge's value then. */
  gauge (name: string, help: string, labels?: readonly string[], collect?: (gauge: Gauge) => void | Promise<void>): Gauge
  /** What Prometheus scrapes. */
  text (): Promise<string>
}

/**
 * A registry of its own for `service`, its name on every metric. `processMetrics` adds those of Node and the
 * process: for one Metrics per process only.
 */
export function createMetrics (service: string, { processMetrics = false } = {}): Metrics {
  const registry = new client.Registry()
  const registers = [registry]
  registry.setDefaultLabels({ service })
  if (processMetrics) {
    client.collectDefaultMetrics({
      register: registry, eventLoopMonitoringPrecision: eventLoopLookMs, eventLoopUtilizationTimeout: utilizationMs
    })
  }

  function once<T> (name: string, make: () => T): T {
    return (registry.getSingleMetric(name) as T | undefined) ?? make()
  }

  return {
    registry,
    counter: (name, help, labels = []) => once(name, () => new client.Counter({
      name, help, labelNames: [...labels], registers
    })),
    histogram: (name, help, labels = [], buckets = durationBuckets) => once(name, () => new client.Histogram({
      name, help, labelNames: [...labels], buckets: [...buckets], registers
    })),
    gauge: (name, help, labels = [], collect) => once(name, () => new client.Gauge({
      name,
      help,
      labelNames: [...labels],
      registers,
      ...(collect === undefined ? {} : { collect (this: Gauge) { return collect(this) } })
    })),
    text: () => registry.metrics()
  }
}
