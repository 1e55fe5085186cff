import { asOwner, testDatabase } from '@dueline/testkit'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import { deadlinePositionOf, deadlineSorts, listTicketsByDeadline } from '../../src/store/due-list.ts'

/** 20,000 tickets of one tenant; of three quarters of them something is due, for many in the same instant. */
async function seeded (t: Parameters<typeof testDatabase>[0]) {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  const id = "('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid"
  await database.pool.query(`
    insert into ticket (tenant_id, id, number, subject, description, type, status, priority, severity, customer_id,
      tags, custom, channel, created_at, updated_at, reopen_count, version)
    select 'acme', ${id}, 'T-' || lpad(i::text, 6, '0'), 'Printer', '', 'request',
      (array['new','open','resolved','closed'])[1 + i % 4], 'P2', 'low', ${id}, '{}', '{}', 'api',
      timestamptz '2026-01-01' + i * interval '1 minute', timestamptz '2026-01-01' + i * interval '1 minute', 0, 1
    from generate_series(1, 20000) i`)
  await database.pool.query(`
    insert into ticket_sla (tenant_id, ticket_id, clock_id, metric, state, due_at, breached, sequence, as_of)
    select 'acme', ${id}, ${id}, 'resolution', 'running',
      case when i % 4 > 0 then timestamptz '2026-02-01' + i * 7919 % 3000 * interval '1 minute' end, i % 9 = 0, 1, now()
    from generate_series(1, 20000) i where i % 8 > 0`)
  for (const table of ['ticket', 'ticket_sla']) await asOwner(database, `analyze ${table}`)
  return database
}

void t.test('pages by deadline are read from its index, and put together they are the whole list', async (t) => {
  const database = await seeded(t)
  const client = await database.pool.connect()
  try {
    const sent: Array<{ text: string, values: unknown[] }> = []
    const $client = {
      query: async (statement: typeof sent[number]) => {
        sent.push(statement)
        return await client.query(statement)
      }
    }
    const page = async (sort: typeof deadlineSorts[number], after: any, limit: number) =>
      await listTicketsByDeadline({ $client } as never, 'acme', { status: ['open', 'new'] }, { sort, after, limit })
    for (const sort of deadlineSorts) {
      await page(sort, null, 21)
      const { text, values } = sent.at(-1)!
      const { rows } = await client.query(`explain (analyze, costs off, timing off) ${text}`, values)
      const plan = rows.map((row: any) => row['QUERY PLAN']).join('\n')
      t.match(plan, /ticket_sla_due/, sort)
      t.notMatch(plan, /Seq Scan on ticket(?!_(escalation|clock))|Sort Key: d/, sort)
      const slas = plan.match(/Index Scan using ticket_sla_pkey on ticket_sla s .* loops=(\d+)/)?.[1]
      t.equal(Number(slas), 21, 'how the SLA stands is read for the tickets of the page only')
      const whole = await page(sort, null, 20_000)
      t.equal(whole.length, 10_000)
      const paged: string[] = []
      for (let after = null as ReturnType<typeof deadlinePositionOf> | null;;) {
        const items = await page(sort, after, 997)
        paged.push(...items.map(({ id }) => id))
        if (items.length < 997) break
        after = deadlinePositionOf(items.at(-1)!)
      }
      t.same(paged, whole.map(({ id }) => id), `${sort}: in pages`)
    }
  } finally {
    client.release()
  }
})
