import t from 'tap'
import { completeEvent, ifNewer, latestOnly } from '../../src/index.ts'
import { drizzle } from 'drizzle-orm/node-postgres'
import { bigint, pgTable, text } from 'drizzle-orm/pg-core'
import { newEvent } from '../support/events.ts'

t.test('keeps the newest event of each aggregate of each tenant', async (t) => {
  const events = [
    newEvent('a', 1),
    newEvent('b', 5),
    newEvent('a', 3),
    newEvent('a', 2),
    newEvent('a', 9, { tenantId: 'other' })
  ].map(completeEvent)
  t.strictSame(latestOnly(events).map((event) => `${event.tenantid}/${event.partitionkey}/${event.sequence}`), [
    'acme/a/3',
    'acme/b/5',
    'other/a/9'
  ])
  t.strictSame(latestOnly(events, () => 'all').map((event) => event.sequence), [5, 9])
})

t.test('the guard compares the incoming sequence with the stored one', async (t) => {
  const replica = pgTable('replica', { id: text('id').primaryKey(), sequence: bigint('sequence', { mode: 'number' }) })
  const { sql } = drizzle.mock().insert(replica).values({ id: 'a', sequence: 1 })
    .onConflictDoUpdate({ target: replica.id, set: { sequence: 1 }, setWhere: ifNewer(replica.sequence) }).toSQL()
  t.match(sql, /where excluded\."sequence" > "replica"\."sequence"$/)
})
