import type { ClientBase } from 'pg'

/** An event that waits in the outbox. */
export interface Waiting {
  seq: number
  key: string
  headers: Record<string, string>
  payload: string
  ageMs: number
}
/** Proof of being the one relay of a service. */
export interface Lease {
  owner: string
  epoch: number
}

/** Takes the lease if nobody holds it (any more). Database time decides; each taking has a new epoch. */
export async function acquireLease (client: ClientBase, owner: string, leaseMs: number): Promise<Lease | undefined> {
  const { rows } = await client.query<{ epoch: string }>({
    name: 'relay_take',
    text: `
      update relay_lease set owner = $1, epoch = epoch + 1, expires_at = now() + $2 * interval '1 ms'
      where name = 'outbox' and (owner is null or expires_at <= now()) returning epoch`,
    values: [owner, leaseMs]
  })
  return rows[0] === undefined ? undefined : { owner, epoch: Number(rows[0].epoch) }
}

/** Renews the lease. False: it ran out or belongs to another. */
export async function renewLease (client: ClientBase, { owner, epoch }: Lease, leaseMs: number): Promise<boolean> {
  const { rowCount } = await client.query({
    name: 'relay_renew',
    text: `
      update relay_lease set expires_at = now() + $3 * interval '1 ms'
      where name = 'outbox' and owner = $1 and epoch = $2 and expires_at > now()`,
    values: [owner, epoch, leaseMs]
  })
  return rowCount === 1
}

/** Gives the lease back, for the next relay to take at once. */
export async function dropLease (client: ClientBase, { owner, epoch }: Lease): Promise<void> {
  await client.query("update relay_lease set owner = null where name = 'outbox' and owner = $1 and epoch = $2", [
    owner,
    epoch
  ])
}

/** The oldest events from `low` on, in order; none without the lease. */
export async function readWaiting (client: ClientBase, lease: Lease, low: number, limit: number): Promise<Waiting[]> {
  const { rows } = await client.query<
    { seq: string, partition_key: string, headers: string, payload: string, age: number }
  >({
    name: 'relay_read',
    text: `
      select seq, partition_key, headers, payload, extract(epoch from now() - recorded_at)::float8 * 1000 as age
      from outbox where seq >= $1 and exists (
        select 1 from relay_lease where name = 'outbox' and owner = $3 and epoch = $4 and expires_at > now())
      order by seq limit $2`,
    values: [low, limit, lease.owner, lease.epoch]
  })
  return rows.map((row) => ({
    seq: Number(row.seq),
    key: row.partition_key,
    headers: JSON.parse(row.headers) as Record<string, string>,
    payload: row.payload,
    ageMs: row.age
  }))
}

/** Removes published events. A relay that lost its lease meanwhile removes nothing (its successor does). */
export async function deletePublished (client: ClientBase, lease: Lease, seqs: readonly number[]): Promise<number> {
  const { rowCount } = await client.query({
    name: 'relay_delete',
    text: `
      delete from outbox where seq = any($1::bigint[]) and exists (
        select 1 from relay_lease where name = 'outbox' and owner = $2 and epoch = $3)`,
    values: [seqs, lease.owner, lease.epoch]
  })
  return rowCount ?? 0
}

/** Where the outbox's numbering stands, and which transactions are open. */
export interface Horizon {
  nextSeq: number
  nextXid: bigint
  oldestXid: bigint
}

/** Reads the horizon; the numbering is read first. */
export async function readHorizon (client: ClientBase): Promise<Horizon> {
  const { rows: [seq] } = await client.query<{ next: string }>({
    name: 'relay_seq',
    text: 'select (last_value + is_called::int)::text as next from outbox_seq_seq'
  })
  const { rows: [xid] } = await client.query<{ next: string, oldest: string }>({
    name: 'relay_xid',
    text: 'select pg_snapshot_xmax(s)::text as next, pg_snapshot_xmin(s)::text as oldest from pg_current_snapshot() s'
  })
  return { nextSeq: Number(seq!.next), nextXid: BigInt(xid!.next), oldestXid: BigInt(xid!.oldest) }
}
