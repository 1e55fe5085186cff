import { sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { DuelineEvent } from '@dueline/contracts'

/**
 * The newest event of each aggregate of a batch, for replicas where the latest state wins (one statement cannot
 * upsert the same row twice). The aggregate is named by `subject` unless `keyOf` tells otherwise.
 */
export function latestOnly<E extends DuelineEvent> (
  events: readonly E[],
  keyOf: (event: E) => string = (event) => event.subject
): E[] {
  const newest = new Map<string, E>()
  for (const event of events) {
    const key = `${event.tenantid} ${keyOf(event)}`
    const known = newest.get(key)
    if (known === undefined || event.sequence > known.sequence) newest.set(key, event)
  }
  return [...newest.values()]
}

/**
 * The guard of such a replica: `.onConflictDoUpdate({ …, setWhere: ifNewer(replica.sequence) })` leaves a row alone
 * when it knows a newer state. The inbox cannot do this: an old event that was resent is no duplicate.
 */
export function ifNewer (sequence: PgColumn): SQL {
  return sql`excluded.${sql.identifier(sequence.name)} > ${sequence}`
}
