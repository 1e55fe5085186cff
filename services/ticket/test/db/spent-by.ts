import type { Database, Tx } from '@dueline/postgres'

/**
 * What `fn` has read on behalf of acme, in a transaction: how often an index was searched, and how many tickets were
 * read (by whatever plan).
 */
export async function spentBy (database: Database, index: string, fn: (tx: Tx) => Promise<unknown[]>) {
  return await database.forTenant('acme').tx(async (tx) => {
    const counters = async () =>
      (await tx.$client.query<{ searches: number, tickets: number }>(
        `select pg_stat_get_xact_numscans($1::regclass)::int as searches,
          (pg_stat_get_xact_tuples_returned('ticket'::regclass) +
            (select sum(pg_stat_get_xact_tuples_fetched(c.oid)) from pg_class c
              where c.oid = 'ticket'::regclass
                or c.oid in (select indexrelid from pg_index where indrelid = 'ticket'::regclass)))::int as tickets`,
        [index]
      )).rows[0]!
    // they also hold what earlier transactions have not handed in
    const before = await counters()
    const { length: found } = await fn(tx)
    const after = await counters()
    return { found, searches: after.searches - before.searches, tickets: after.tickets - before.tickets }
  })
}
