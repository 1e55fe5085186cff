import { sql, type SQL } from 'drizzle-orm'
import type { Read } from './database.ts'

/**
 * The transactions that a reader has seen: all before `to` but those that were `open` then. Ids are those of the
 * database cluster.
 */
export interface SeenTransactions {
  readonly to: number
  readonly open: readonly number[]
}

/** Beyond that all from the oldest open one on count as not seen: what must be carried about stays small. */
const openMax = 50

/** What a statement after this one sees at least. */
export async function seenTransactions (read: Read): Promise<SeenTransactions> {
  const { rows } = await read.$client.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot')
  const [from, to, open] = rows[0]!.snapshot.split(':')
  const ids = open === '' ? [] : open!.split(',').map(Number)
  return ids.length > openMax ? { to: Number(from), open: [] } : { to: Number(to), open: ids }
}

/**
 * Whether a row was written since: exactly, whatever the order in which transactions began and committed. `writtenIn`
 * is a bigint column that a trigger sets to the id of the transaction that writes the row (see `note_transaction` in
 * the migrations); null counts as seen, and so does an id that this cluster has not come to, as a restored copy of
 * another one may have them.
 */
export function writtenSince (writtenIn: SQL, { to, open }: SeenTransactions): SQL {
  const ids = sql.join([sql`null`, ...open.map((id) => sql`${id}::bigint`)], sql`, `)
  const isNew = sql`(${writtenIn} >= ${to}::bigint or ${writtenIn} in (${ids}))`
  return sql`${isNew} and ${writtenIn} < pg_snapshot_xmax(pg_current_snapshot())::text::bigint`
}
