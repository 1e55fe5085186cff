import type { Metrics } from '@dueline/runtime'
import type { Pool } from 'pg'

/** How the pools of a service are used, together, looked at when it is scraped. */
export function registerPoolMetrics (metrics: Metrics, pools: readonly Pool[]): void {
  const sum = (of: (pool: Pool) => number): number => pools.reduce((all, pool) => all + of(pool), 0)
  metrics.gauge('dueline_database_connections', 'Connections of the pools, by state', ['state'], (gauge) => {
    gauge.set({ state: 'idle' }, sum((pool) => pool.idleCount))
    gauge.set({ state: 'in_use' }, sum((pool) => pool.totalCount - pool.idleCount))
  })
  metrics.gauge('dueline_database_waiting_requests', 'Who waits for a connection of a pool', [], (gauge) => {
    gauge.set({}, sum((pool) => pool.waitingCount))
  })
}
