import type { Database, Tx } from '@dueline/postgres'

/**
 * What `fn` has read on behalf of acme, in a transaction: how often an index was searched, and how many tickets and
 * texts of tickets were read (by whatever plan).
 */
export async function spentBy (database: Database, index: string, fn: (tx: Tx) => Promise<unknown[]>) {
  return await database.forTenant('acme').tx(async (tx) => {
    const counters = async () =>
      (await tx.$client.query<{ searches: number, tickets: number }>(
        `select pg_stat_get_xact_numscans($1::regclass)::int as searches,
          (select sum(case when c.oid = i.indrelid then pg_stat_get_xact_tuples_returned(c.oid) else 0 end +
              pg_stat_get_xact_tuples_fetched(c.oid))
            from (values ('ticket'::regclass), ('ticket_text'::regclass)) i (indrelid)
            join pg_class c on c.oid = i.indrelid
              or c.oid in (select p.indexrelid from pg_index p where p.indrelid = i.indrelid))::int as tickets`,
        [index]
      )).rows[0]!
    // they also hold what earlier transactions have not handed in
    const before = await counters()
    const { length: found } = await fn(tx)
    const after = await counters()
    return { found, searches: after.searches - before.searches, tickets: after.tickets - before.tickets }
  })
}
