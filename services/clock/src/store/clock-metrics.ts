import type { Database } from '@dueline/postgres'
import type { Metrics } from '@dueline/runtime'

const name = 'dueline_clock_open_clocks'
const openStates = ['running', 'paused']

/** How many clocks of all tenants are open, by state. */
export function registerClockMetrics (metrics: Metrics, { pool }: Database): void {
  const gauge = { help: 'Clocks that are neither met nor ended, by state', labels: ['state'] }
  metrics.sampled({ [name]: gauge }, async () => {
    const { rows } = await pool.query<{ state: string, count: number }>({
      name: 'clock_open_count',
      text: `select state, count(*)::int as count from clock
        where state in ('running', 'paused') and not voided group by state`
    })
    return openStates.map((state) => {
      return { name, labels: { state }, value: rows.find((row) => row.state === state)?.count ?? 0 }
    })
  })
}
