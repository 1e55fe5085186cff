import type { Metrics } from '@dueline/runtime'

/** What the gateway reports about the services behind it. */
export interface UpstreamMetrics {
  /** The head of an answer came, so many milliseconds after the request was passed on. */
  answered(service: string, ms: number): void
  /** No answer came: it cannot be reached, it was too late, or the body was refused on the way. */
  failed(service: string, reason: 'unreachable' | 'late'): void
}

export function createUpstreamMetrics (metrics: Metrics): UpstreamMetrics {
  const help = 'Time from passing a request on to the head of its answer'
  const durations = metrics.histogram('dueline_gateway_upstream_duration_seconds', help, ['upstream'])
  const unanswered = 'Requests that a service did not answer'
  const failures = metrics.counter('dueline_gateway_upstream_failures_total', unanswered, ['upstream', 'reason'])
  return {
    answered (upstream, ms) {
      durations.observe({ upstream }, ms / 1000)
    },
    failed (upstream, reason) {
      failures.inc({ upstream, reason })
    }
  }
}
