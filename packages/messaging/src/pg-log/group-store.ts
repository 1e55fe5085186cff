import type { Pool } from 'pg'
import type { StartFrom } from '../bus.ts'

/** One member of one group. */
export interface MemberId {
  group: string
  member: string
}
/** A partition held by a member: `epoch` proves it, `off` is the next offset to handle. */
export interface Claim {
  topic: string
  part: number
  epoch: number
  off: number
}
/** What a heartbeat learnt: whether the member was still alive, who else is, and the sum of epochs it owns. */
export interface Beat {
  renewed: boolean
  live: string[]
  owned: number
}
/** Progress of a group in one partition, valid only for the owner of `epoch`. */
export interface Commit {
  group: string
  topic: string
  part: number
  epoch: number
  off: number
}

/** Enters a group, or enters it again, and makes its offset rows. A group's start is decided by its first member. */
export async function join (
  pool: Pool,
  { group, member }: MemberId,
  topics: readonly string[],
  from: StartFrom,
  leaseMs: number
): Promise<void> {
  await pool.query(
    `
    with entered as (
      insert into bus.group_member (grp, member, expires_at) values ($1, $2, now() + $3 * interval '1 ms')
      on conflict (grp, member) do update set expires_at = excluded.expires_at)
    insert into bus.group_offset (grp, topic, part, off)
    select $1, topic, part, case when $5 = 'earliest' then low_off else next_off end from bus.log_partition
      where topic = any($4)
    on conflict do nothing`,
    [group, member, leaseMs, topics, from]
  )
}

// A member whose lease has run out is not renewed: others may have taken its partitions already.
const beat = {
  name: 'bus_beat',
  text: `
    with x as (select * from unnest($1::text[], $2::uuid[]) as x(grp, member)),
    renewed as (
      update bus.group_member m set expires_at = now() + $3 * interval '1 ms' from x
      where m.grp = x.grp and m.member = x.member and m.expires_at > now()
      returning m.grp, m.member)
    select x.grp, x.member::text as member, renewed.member is not null as renewed,
      array(select l.member::text from bus.group_member l where l.grp = x.grp and l.expires_at > now()) as live,
      (select coalesce(sum(o.epoch), 0)::text from bus.group_offset o
        where o.grp = x.grp and o.owner = x.member) as owned
    from x left join renewed using (grp, member)`
}

/** Renews all members of a process by one statement; the result has their order. */
export async function heartbeat (pool: Pool, members: readonly MemberId[], leaseMs: number): Promise<Beat[]> {
  const { rows } = await pool.query<{ grp: string, member: string, renewed: boolean, live: string[], owned: string }>({
    ...beat,
    values: [members.map((m) => m.group), members.map((m) => m.member), leaseMs]
  })
  const byMember = new Map(rows.map((row) => [`${row.grp} ${row.member}`, row]))
  return members.map(({ group, member }) => {
    const row = byMember.get(`${group} ${member}`)!
    return { renewed: row.renewed, live: row.live, owned: Number(row.owned) }
  })
}

/** Takes those of `wanted` that nobody alive holds. Their epochs are new, so whoever held them before is fenced. */
export async function claim (
  pool: Pool,
  { group, member }: MemberId,
  wanted: ReadonlyArray<{ topic: string, part: number }>
): Promise<Claim[]> {
  const { rows } = await pool.query<{ topic: string, part: number, epoch: string, off: string }>({
    name: 'bus_claim',
    text: `
      update bus.group_offset o set owner = $2, epoch = o.epoch + 1
      from unnest($3::text[], $4::int2[]) as x(topic, part)
      where o.grp = $1 and o.topic = x.topic and o.part = x.part
        and (o.owner is null or o.owner = $2 or not exists (
          select 1 from bus.group_member m where m.grp = o.grp and m.member = o.owner and m.expires_at > now()))
      returning o.topic, o.part, o.epoch, o.off`,
    values: [group, member, wanted.map((p) => p.topic), wanted.map((p) => p.part)]
  })
  return rows.map(({ topic, part, epoch, off }) => ({ topic, part, epoch: Number(epoch), off: Number(off) }))
}

/** Gives partitions back, so that another member need not wait for the lease to run out. */
export async function release (
  pool: Pool,
  { group, member }: MemberId,
  claims: ReadonlyArray<{ topic: string, part: number, epoch: number }>
): Promise<void> {
  await pool.query({
    name: 'bus_release',
    text: `
      update bus.group_offset o set owner = null
        from unnest($3::text[], $4::int2[], $5::int8[]) as x(topic, part, epoch)
      where o.grp = $1 and o.owner = $2 and o.topic = x.topic and o.part = x.part and o.epoch = x.epoch`,
    values: [group, member, claims.map((c) => c.topic), claims.map((c) => c.part), claims.map((c) => c.epoch)]
  })
}

/** Gives back everything and leaves the group. */
export async function leave (pool: Pool, { group, member }: MemberId): Promise<void> {
  await pool.query(
    `
    with left_group as (delete from bus.group_member where grp = $1 and member = $2)
    update bus.group_offset set owner = null where grp = $1 and owner = $2`,
    [group, member]
  )
}

/** Stores progress. Returns those that were refused, because the partition has another owner by now. */
export async function commitOffsets (pool: Pool, commits: readonly Commit[]): Promise<Commit[]> {
  const { rows } = await pool.query<{ i: number }>({
    name: 'bus_commit',
    text: `
      update bus.group_offset o set off = x.off
      from unnest($1::text[], $2::text[], $3::int2[], $4::int8[], $5::int8[]) with ordinality
        as x(grp, topic, part, epoch, off, i)
      where o.grp = x.grp and o.topic = x.topic and o.part = x.part and o.epoch = x.epoch and o.off <= x.off
      returning x.i::int as i`,
    values: [
      commits.map((c) => c.group),
      commits.map((c) => c.topic),
      commits.map((c) => c.part),
      commits.map((c) => c.epoch),
      commits.map((c) => c.off)
    ]
  })
  const stored = new Set(rows.map((row) => row.i))
  return commits.filter((_, i) => !stored.has(i + 1))
}

/** How many records each partition of a group has still to be handled. */
export async function readLag (
  pool: Pool,
  group: string,
  topics: readonly string[]
): Promise<Array<{ topic: string, part: number, lag: string }>> {
  const { rows } = await pool.query<{ topic: string, part: number, lag: string }>({
    name: 'bus_lag',
    text: `
      select p.topic, p.part, greatest(p.next_off - coalesce(greatest(o.off, p.low_off), p.low_off), 0)::text as lag
      from bus.log_partition p left join bus.group_offset o on o.grp = $1 and o.topic = p.topic and o.part = p.part
      where p.topic = any($2)`,
    values: [group, topics]
  })
  return rows
}
