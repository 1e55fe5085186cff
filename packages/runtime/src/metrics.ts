import * as client from '@prometheus-io/client'
import { happensWithin } from './happens-within.ts'
import { version } from './version.ts'

export type Counter = client.Counter<string>
export type Gauge = client.Gauge<string>
export type Histogram = client.Histogram<string>

/**
 * How often the event loop is looked at for `nodejs_eventloop_lag_*_seconds`, which count this interval in: 0.1 means
 * no lag. Every 10 ms, as the client would have it, was the greater part of what an idle service does.
 */
const eventLoopLookMs = 100

/**
 * Over how long `nodejs_eventloop_utilization_*` is averaged: every 100 ms, as the client would have it, wakes an idle
 * service.
 */
const utilizationMs = 1_000

/** Seconds from 0.5 ms to 10 s: what one request or one pass may take. */
export const durationBuckets: readonly number[] = [
  0.0005,
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10
]

/**
 * The metrics of one service. Asking for a name again gives the same metric, so two loops may share one.
 * Names are `dueline_<service or concern>_<what>_<unit>`; `docs/operations.md` lists them all. Labels must have few
 * values: never ids.
 */
export interface Metrics {
  readonly registry: client.Registry
  counter(name: string, help: string, labels?: readonly string[]): Counter
  /** Buckets are `durationBuckets` unless given. */
  histogram(name: string, help: string, labels?: readonly string[], buckets?: readonly number[]): Histogram
  /** `collect` is called at each scrape, to set the gauge's value then. */
  gauge(name: string, help: string, labels?: readonly string[], collect?: (gauge: Gauge) => void | Promise<void>): Gauge
  /**
   * Gauges whose values cost a query: one for all of them, when they are scraped, at most every 15 s. A series that is
   * not read any more is gone, and so are all of them while the query fails: an old value would be taken for a new one.
   */
  sampled(gauges: Readonly<Record<string, SampledGauge>>, read: () => Promise<readonly Sample[]>): void
  /** What Prometheus scrapes. */
  text(): Promise<string>
}

/** A gauge of `Metrics.sampled`, under its name. */
export interface SampledGauge {
  help: string
  labels?: readonly string[]
}

/** One value that was read. */
export interface Sample {
  name: string
  value: number
  labels?: Readonly<Record<string, string>>
}

/** What a query for gauges may cost is bounded by asking it no more often, however many scrape. */
const sampledEveryMs = 15_000
const sampledWaitMs = 2_000

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
      register: registry,
      eventLoopMonitoringPrecision: eventLoopLookMs,
      eventLoopUtilizationTimeout: utilizationMs
    })
  }

  function once<T> (name: string, make: () => T): T {
    return (registry.getSingleMetric(name) as T | undefined) ?? make()
  }

  function gauge (
    name: string,
    help: string,
    labels: readonly string[],
    collect?: (gauge: Gauge) => void | Promise<void>
  ): Gauge {
    const collecting = collect === undefined ? {} : {
      collect (this: Gauge) {
        return collect(this)
      }
    }
    return once(name, () => new client.Gauge({ name, help, labelNames: [...labels], registers, ...collecting }))
  }

  const build = gauge('dueline_build_info', 'Always 1; what runs here', ['version', 'node'])
  build.set({ version, node: process.version }, 1)

  return {
    registry,
    counter: (name, help, labels = []) =>
      once(name, () => new client.Counter({ name, help, labelNames: [...labels], registers })),
    histogram: (name, help, labels = [], buckets = durationBuckets) =>
      once(name, () =>
        new client.Histogram({
          name,
          help,
          labelNames: [...labels],
          buckets: [...buckets],
          registers
        })),
    gauge: (name, help, labels = [], collect) => gauge(name, help, labels, collect),
    sampled (gauges, read) {
      const all = new Map<string, Gauge>()
      const collect = sampler(gauges, all, read)
      for (const [name, { help, labels = [] }] of Object.entries(gauges)) {
        all.set(name, gauge(name, help, labels, collect))
      }
    },
    text: () => registry.metrics()
  }
}

/** Of `all` gauges by their names. @returns what each of them calls when it is scraped */
function sampler (
  gauges: Readonly<Record<string, SampledGauge>>,
  all: ReadonlyMap<string, Gauge>,
  read: () => Promise<readonly Sample[]>
): () => Promise<void> {
  let readAtMs = -Infinity
  let reading: Promise<void> | undefined
  async function renew (): Promise<void> {
    for (const [name, { labels = [] }] of Object.entries(gauges)) {
      // Without labels a reset is a zero, which is a value.
      if (labels.length === 0) all.get(name)?.remove()
      else all.get(name)?.reset()
    }
    const samples = await read().catch((): Sample[] => [])
    for (const { name, value, labels = {} } of samples) all.get(name)?.set(labels, value)
  }
  async function collect (): Promise<void> {
    if (performance.now() - readAtMs >= sampledEveryMs) {
      readAtMs = performance.now()
      reading = renew()
    }
    // A database that does not answer must not keep the other metrics from their scrape.
    if (reading !== undefined) await happensWithin(sampledWaitMs, reading)
  }
  return collect
}
