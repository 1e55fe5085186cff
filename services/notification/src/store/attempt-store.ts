import type { Tx } from '@dueline/postgres'

/** An item that was begun for the `attempts`-th time. */
interface Attempt { tenantId: string, id: string, attempts: number }

/** Uncounts attempts that were begun and never made; returns those that nobody else has gone on with. */
export async function giveBackAttempts (tx: Tx, table: 'message' | 'webhook_delivery', attempts: readonly Attempt[]): Promise<{ tenantId: string, id: string }[]> {
  const { rows } = await tx.$client.query<{ tenantId: string, id: string }>({
    name: `attempts-give-back-${table}`,
    text: `update ${table} t set attempts = t.attempts - 1
           from unnest($1::text[], $2::uuid[], $3::int[]) as a(tenant_id, id, attempts)
           where t.tenant_id = a.tenant_id and t.id = a.id and t.attempts = a.attempts and t.state = 'pending'
           returning t.tenant_id as "tenantId", t.id`,
    values: [attempts.map(({ tenantId }) => tenantId), attempts.map(({ id }) => id), attempts.map((each) => each.attempts)]
  })
  return rows
}
