import type { Database } from '@dueline/postgres'
import type { Metrics } from '@dueline/runtime'

const name = 'dueline_escalation_open_escalations'

/** How many escalations of all tenants are open. */
export function registerEscalationMetrics (metrics: Metrics, { pool }: Database): void {
  metrics.sampled({ [name]: { help: 'Escalations that are neither resolved nor stopped' } }, async () => {
    const { rows: [found] } = await pool.query<{ count: number }>({
      name: 'escalation_open_count',
      text: "select count(*)::int as count from escalation where state = 'open'"
    })
    return [{ name, value: found!.count }]
  })
}
