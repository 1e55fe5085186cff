import t from 'tap'
import { systemIds } from '@dueline/runtime'
import { startNotification } from '../api/harness.ts'
import { breached, event, message, ticket } from '../events.ts'

t.test('what happens to a ticket at once, on several topics, is kept: batches of a tenant take turns', async (t) => {
  const { deliver, database } = await startNotification(t)
  const tickets = Array.from({ length: 20 }, () => systemIds.next())
  await Promise.all(tickets.flatMap((id) => {
    const [data, envelope] = [{ ticket: { ...ticket, id } }, { partitionkey: id, subject: `ticket/${id}` }]
    const written = event('dueline.ticket.message-added.v1', { ...message('public', 'customer'), ...data }, envelope)
    return [deliver({ ...breached(data), ...envelope }), deliver(written)]
  }))
  const { rows } = await database.pool.query<{ count: string }>(
    `select count(*) from ticket_open
      where jsonb_array_length(open->'clocks') = 1 and open->>'waitingSince' is not null`
  )
  t.equal(Number(rows[0]?.count), tickets.length)
})
