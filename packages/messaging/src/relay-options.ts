import type { Topic } from '@dueline/contracts'
import type { Database } from '@dueline/postgres'
import type { Clock, Ids, Logger, Metrics } from '@dueline/runtime'
import type { Bus } from './bus.ts'

/** Options of `createRelay`; times in milliseconds. */
export interface RelayOptions {
  database: Database
  bus: Bus
  topic: Topic | (string & {})
  logger: Logger
  metrics: Metrics
  clock?: Clock
  ids?: Ids
  /**
   * Pause after a pass that found something, and first pause when it found nothing; 10. Longer makes larger, cheaper
   * batches.
   */
  pollMs?: number
  /**
   * Pause after a pass that found something while the process has no time to spare; 250. Everything behind the relay
   * works in its batches: larger ones cost a third less CPU for each event, so that a flood of requests is worked off
   * sooner. After few events it is shorter, see `restMsAfter`.
   */
  pollMsLoaded?: number
  /**
   * Longest pause while idle; 1,000. A commit ends it at once: one of this process directly, others by a notification.
   */
  pollMsMax?: number
  /** Events per publish; 500. */
  batchMax?: number
  /** A relay without a sign of life for this long is replaced; 3,000. It renews three times as often. */
  leaseMs?: number
  /** Longest publish; 30,000. */
  publishMsMax?: number
}
