import type { Counter, Gauge, Histogram, Metrics } from '@dueline/runtime'

/** The numbers an operator watches; all labels are kinds of timers. */
export interface TimerMetrics {
  lateness: Histogram
  fired: Counter
  skipped: Counter
  failed: Counter
  orphaned: Counter
  overdueOldest: Gauge
  inMemory: Gauge
  clockSkew: Gauge
}

const latenessBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 60, 3600]

const ofKind = ['kind'] as const

/** Registers the metrics of `createTimers`. */
export function timerMetrics (metrics: Metrics): TimerMetrics {
  const { counter, gauge } = metrics
  return {
    lateness: metrics.histogram(
      'dueline_timers_lateness_seconds',
      'From the instant for which it was set to the commit of its effects',
      ofKind,
      latenessBuckets
    ),
    fired: counter('dueline_timers_fired_total', 'Timers fired', ofKind),
    skipped: counter('dueline_timers_skipped_total', 'Times a due timer waited because its owner was locked', ofKind),
    failed: counter('dueline_timers_failed_total', 'Times firing one timer failed and it was put off', ofKind),
    orphaned: counter('dueline_timers_orphaned_total', 'Timers removed because their owner is gone', ofKind),
    overdueOldest: gauge(
      'dueline_timers_oldest_overdue_seconds',
      'Age of the oldest timer that should have been tried, at the last load'
    ),
    inMemory: gauge('dueline_timers_loaded', 'Timers within the look-ahead window'),
    clockSkew: gauge('dueline_timers_clock_skew_seconds', "The database's clock less this process's, at the last load")
  }
}
