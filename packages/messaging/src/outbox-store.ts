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

/** What waits, the order of each key kept: at most as many events of the long keys as of all others. */
export interface WaitingApart {
  others: Waiting[]
  long: Waiting[]
}

const columns = 'seq, partition_key, headers, payload, extract(epoch from now() - recorded_at)::float8 * 1000 as age'
const leased = `exists (
  select 1 from relay_lease where name = 'outbox' and owner = $3 and epoch = $4 and expires_at > now())`

const readAll = {
  name: 'relay_read',
  text: `select false as long, ${columns} from outbox where seq >= $1 and ${leased} order by seq limit $2`
}

// One statement, as each looks at one moment: of two, the second might see an event whose forerunner committed after
// the first.
const readApart = {
  name: 'relay_read_apart',
  text: `
    (select false as long, ${columns} from outbox where seq >= $1 and partition_key <> all($5) and ${leased}
      order by seq limit $2)
    union all
    (select true, ${columns} from outbox where seq >= $6 and partition_key = any($5) and ${leased}
      order by seq limit $2)
    order by seq`
}

/** What to read of the outbox. */
export interface WaitingQuery {
  /** Where to begin. */
  readonly low: number
  /** Where to begin with the others, when there are long keys: nothing of theirs waits below. */
  readonly othersLow: number
  readonly limit: number
  readonly longKeys: readonly string[]
}

/** The oldest events, in order, those of `longKeys` apart: up to `limit` each; none without the lease. */
export async function readWaiting (
  client: ClientBase,
  { owner, epoch }: Lease,
  { low, othersLow, limit, longKeys }: WaitingQuery
): Promise<WaitingApart> {
  const { rows } = await client.query<
    { long: boolean, seq: string, partition_key: string, headers: string, payload: string, age: number }
  >(
    longKeys.length === 0
      ? { ...readAll, values: [low, limit, owner, epoch] }
      : { ...readApart, values: [othersLow, limit, owner, epoch, longKeys, low] }
  )
  const found: WaitingApart = { others: [], long: [] }
  for (const row of rows) {
    found[row.long ? 'long' : 'others'].push({
      seq: Number(row.seq),
      key: row.partition_key,
      headers: JSON.parse(row.headers) as Record<string, string>,
      payload: row.payload,
      ageMs: row.age
    })
  }
  return found
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
