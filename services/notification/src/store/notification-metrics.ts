import type { Database } from '@dueline/postgres'
import type { Metrics } from '@dueline/runtime'

const gauges = {
  mail: { name: 'dueline_notification_pending_mails', help: 'Mails that will be sent, or tried again' },
  webhook: {
    name: 'dueline_notification_pending_deliveries',
    help: 'Webhook deliveries that will be sent, or tried again; of endpoints that are enabled'
  }
}

/** How much of all tenants waits to be sent: each has one timer until it is sent or given up. */
export function registerNotificationMetrics (metrics: Metrics, { pool }: Database): void {
  const wanted = Object.fromEntries(Object.values(gauges).map(({ name, help }) => [name, { help }]))
  metrics.sampled(wanted, async () => {
    const { rows } = await pool.query<{ kind: string, count: number }>({
      name: 'notification_pending_count',
      text: 'select kind, count(*)::int as count from timer group by kind'
    })
    return Object.entries(gauges).map(([kind, { name }]) => {
      return { name, value: rows.find((row) => row.kind === kind)?.count ?? 0 }
    })
  })
}
