import { readFileSync } from 'node:fs'
import t from 'tap'
import { startNotification } from '../api/harness.ts'
import { event, tenant } from '../events.ts'

t.test('many writers, one order: positions of a tenant are dense and none is skipped', async (t) => {
  const { deliver, database } = await startNotification(t)
  await Promise.all(Array.from({ length: 20 }, async (_, lane) => {
    for (let n = 0; n < 5; n++) {
      await deliver(event('dueline.ticket.created.v1', {}, { tenantid: lane % 2 === 0 ? tenant : 'other' }))
    }
  }))
  const { rows } = await database.pool.query<{ tenant_id: string, count: string, last: string }>(
    'select tenant_id, count(*), max(position) as last from feed_event group by 1 order by 1'
  )
  t.same(rows.map((row) => [row.tenant_id, Number(row.count), Number(row.last)]), [[tenant, 50, 50], ['other', 50, 50]])
})

t.test('sequence is published as a text that sorts, also of events from before it was', async (t) => {
  const { deliver, call, database } = await startNotification(t)
  await deliver(event('dueline.ticket.created.v1', {}, { sequence: 7 }), event('dueline.ticket.created.v1'))
  const sequences = async (): Promise<string[]> =>
    (await call('GET', '/events', undefined, { roles: ['manager'] })).body.items.map((each: { sequence: string }) =>
      each.sequence
    )
  t.same(await sequences(), ['0000000000000007', '0000000000000001'])
  await database.pool.query(
    'update feed_event set event = (event::jsonb || \'{"sequence": 12}\')::json where position = 2'
  )
  t.same(await sequences(), ['0000000000000007', 12], 'as it was written before')
  const migration = new URL('../../migrations/0013_sequence_as_text.sql', import.meta.url)
  await database.pool.query(readFileSync(migration, 'utf8'))
  t.same(await sequences(), ['0000000000000007', '0000000000000012'])
})
