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
