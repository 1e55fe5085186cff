import type { DuelineEvent } from '@dueline/contracts'
import type { Database, Tx } from '@dueline/postgres'

/**
 * Notes events as handled by a consumer, in the transaction of their effect. Returns those that were not noted before,
 * each once, in order. A transaction that handles the same events at the same time waits here for the other's end.
 */
export async function admit (tx: Tx, consumer: string, events: readonly DuelineEvent[]): Promise<DuelineEvent[]> {
  if (events.length === 0) return []
  // sorted, so that two transactions with the same events cannot wait for each other in a circle
  const { rows } = await tx.$client.query<{ message_id: string }>({
    name: 'inbox_admit',
    text: `
      insert into inbox (consumer, message_id, tenant_id)
      select $1, id, tenant from unnest($2::uuid[], $3::text[]) as e(id, tenant) order by id
      on conflict do nothing returning message_id`,
    values: [consumer, events.map((event) => event.id), events.map((event) => event.tenantid)]
  })
  const fresh = new Set(rows.map((row) => row.message_id))
  // the database gives ids back in lower case; deleting keeps a repeat within the batch out
  return events.filter((event) => fresh.delete(event.id.toLowerCase()))
}

const chunk = 5_000

/** Forgets entries older than `retentionSeconds`, in chunks. Returns how many went: fewer than 5,000 means all. */
export async function pruneInbox (database: Database, consumer: string, retentionSeconds: number): Promise<number> {
  const { rowCount } = await database.pool.query(
    `
    delete from inbox where ctid = any(array(
      select ctid from inbox where received_at < now() - $2 * interval '1 second' and consumer = $1 limit ${chunk}))`,
    [consumer, retentionSeconds]
  )
  return rowCount ?? 0
}
