import type { Metrics } from '@dueline/runtime'
import type { Pool } from 'pg'

/** How the pool of a service is used, looked at when it is scraped. */
export function registerPoolMetrics (metrics: Metrics, pool: Pool): void {
  metrics.gauge('dueline_database_connections', 'Connections of the pool, by state', ['state'], (gauge) => {
    gauge.set({ state: 'idle' }, pool.idleCount)
    gauge.set({ state: 'in_use' }, pool.totalCount - pool.idleCount)
  })
  metrics.gauge('dueline_database_waiting_requests', 'Who waits for a connection of the pool', [], (gauge) => {
    gauge.set(pool.waitingCount)
  })
}
