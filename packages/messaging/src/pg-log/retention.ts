import { createPoller, type Logger, type Poller } from '@dueline/runtime'
import type { Pool } from 'pg'

/** What may be forgotten. */
export interface Retention {
  /** Records older than this go, once every group has handled them. Seconds. */
  retentionSeconds: number
  /** A group without members for this long holds nothing back any more. Seconds. */
  forgetGroupSeconds: number
}

const chunk = 5_000

/**
 * Deletes one chunk of old records per partition, in its own short transaction. Returns how many went. low_off is
 * raised in the same statement, so that no reader walks over dead index entries.
 */
export async function purgeOnce (pool: Pool, { retentionSeconds, forgetGroupSeconds }: Retention): Promise<number> {
  const { rows } = await pool.query<{ gone: string }>(
    `
    with floor as (
      select p.topic, p.part, p.low_off, least(p.low_off + ${chunk}, p.next_off, (
        select min(o.off) from bus.group_offset o where o.topic = p.topic and o.part = p.part and exists (
          select 1 from bus.group_member m
            where m.grp = o.grp and m.expires_at > now() - $2 * interval '1 second'))) as upto
      from bus.log_partition p),
    old as (
      select f.topic, f.part, f.low_off, f.upto, (
        select min(l.off) from bus.log_record l
        where l.topic = f.topic and l.part = f.part and l.off >= f.low_off and l.off < f.upto
          and l.at >= now() - $1 * interval '1 second') as young
      from floor f where f.upto > f.low_off),
    gone as (
      delete from bus.log_record l using old
      where l.topic = old.topic and l.part = old.part and l.off >= old.low_off and l.off < coalesce(old.young, old.upto)
      returning l.topic, l.part),
    raised as (
      update bus.log_partition p set low_off = coalesce(old.young, old.upto) from old
      where p.topic = old.topic and p.part = old.part and coalesce(old.young, old.upto) > p.low_off)
    select count(*)::text as gone from gone`,
    [retentionSeconds, forgetGroupSeconds]
  )
  return Number(rows[0]!.gone)
}

/** Forgets members that ended without leaving, and the groups they leave empty, after `forgetGroupSeconds`. */
async function forgetGone (pool: Pool, { forgetGroupSeconds }: Retention): Promise<void> {
  await pool.query(
    `
    with gone as (delete from bus.group_member where expires_at <= now() - $1 * interval '1 second' returning grp)
    delete from bus.group_offset o where o.grp in (select grp from gone)
      and not exists (select 1 from bus.group_member m
        where m.grp = o.grp and m.expires_at > now() - $1 * interval '1 second')`,
    [forgetGroupSeconds]
  )
}

/** Purges every ten minutes, in chunks with pauses, so that it is never felt. */
export function createPurge (
  { pool, retention, logger }: { pool: Pool, retention: Retention, logger: Logger }
): Poller {
  return createPoller({
    name: 'bus-purge',
    idleMs: 600_000,
    busyMs: () => 50,
    logger,
    async run () {
      const gone = await purgeOnce(pool, retention)
      if (gone > 0) return 'busy'
      await forgetGone(pool, retention)
      return 'idle'
    }
  })
}
