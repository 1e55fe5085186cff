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

/** Registers the metrics of `createTimers`. */
export function timerMetrics (metrics: Metrics): TimerMetrics {
  return {
    lateness: metrics.histogram('timer_lateness_seconds', 'From the promised instant to the commit of its effects', ['kind'], latenessBuckets),
    fired: metrics.counter('timer_fired_total', 'Timers fired', ['kind']),
    skipped: metrics.counter('timer_skipped_total', 'Times a due timer waited because its owner was locked', ['kind']),
    failed: metrics.counter('timer_failed_total', 'Times firing one timer failed and it was put off', ['kind']),
    orphaned: metrics.counter('timer_orphaned_total', 'Timers removed because their owner is gone', ['kind']),
    overdueOldest: metrics.gauge('timer_overdue_oldest_seconds', 'Age of the oldest timer that should have been tried, at the last load'),
    inMemory: metrics.gauge('timer_in_memory_count', 'Timers within the look-ahead window'),
    clockSkew: metrics.gauge('timer_clock_skew_seconds', "The database's clock less this process's, at the last load")
  }
}
