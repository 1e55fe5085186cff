import t from 'tap'
import { asOwner, testDatabase } from '@dueline/testkit'
import { migrations, schema } from '../../src/app.ts'
import {
  listTickets,
  positionOf,
  ticketSorts,
  type TicketFilter,
  type TicketSort
} from '../../src/store/ticket-list.ts'

const uuid = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`

/** 20,000 tickets of two tenants. */
async function seeded (t: Parameters<typeof testDatabase>[0]) {
  const { database } = await testDatabase(t, { schema, sources: migrations })
  await database.pool.query(`
    insert into ticket (tenant_id, id, number, subject, description, type, status, priority, severity, product_id,
      customer_id, assignee_id, team_id, tags, custom, channel, created_at, updated_at, reopen_count, version)
    select case when i % 10 = 0 then 'globex' else 'acme' end,
      ('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'T-' || lpad(i::text, 6, '0'),
      'Printer ' || i || ' word' || (i % 500), '',
      'request', (array['new','open','resolved','closed'])[1 + i % 4], 'P' || i % 4, 'low',
        ('01900000-0000-7000-8000-' || lpad((i % 20)::text, 12, '0'))::uuid,
      ('01900000-0000-7000-8000-' || lpad((i % 300)::text, 12, '0'))::uuid,
        ('01900000-0000-7000-8000-' || lpad((i % 50)::text, 12, '0'))::uuid, 'team ' || i % 7, '{}', '{}', 'api',
      timestamptz '2026-01-01' + i % 1000 * interval '1 minute', timestamptz '2026-01-01' + i * interval '7 minutes',
      0, 1
    from generate_series(1, 20000) i`)
  await asOwner(database, 'analyze ticket')
  return database
}

void t.test('pages of 20 are read from an index, not by reading and sorting the tenant', async (t) => {
  const database = await seeded(t)
  const plan = async (filter: TicketFilter, sort: TicketSort): Promise<string> => {
    const client = await database.pool.connect()
    try {
      // what is about to be sent, without rebuilding it here
      const sent: Array<{ text: string, values: unknown[] }> = []
      const $client = {
        query: async (statement: typeof sent[number]) => {
          sent.push(statement)
          return await client.query(statement)
        }
      }
      await listTickets({ $client } as never, 'acme', filter, { sort, after: null, limit: 21 })
      const { text, values } = sent.at(-1)!
      const { rows } = await client.query(`explain ${text}`, values)
      return rows.map((row: any) => row['QUERY PLAN']).join('\n')
    } finally {
      client.release()
    }
  }
  const walks = /Seq Scan on ticket(?!_)|Sort Key: ticket/
  for (const sort of ticketSorts) {
    const text = await plan({}, sort)
    t.notMatch(text, walks, sort)
  }
  const filters: TicketFilter[] = [
    { status: ['open'] },
    { customerId: [uuid(7)] },
    { assigneeId: [uuid(7)] },
    { teamId: ['team 3'] },
    { productId: [uuid(7)] },
    { number: 'T-000007' },
    { createdAfter: 1_767_225_600_000_000, createdBefore: 1_767_235_600_000_000 },
    { externalId: 'x' },
    { assigneeId: [null] },
    { assigneeActive: false },
    { assigneeActive: true, status: ['open'] },
    { customerId: [uuid(7)], status: ['open', 'new'], priority: ['P1'] }
  ]
  for (const filter of filters) {
    t.notMatch(await plan(filter, '-createdAt'), /Seq Scan on ticket(?!_)/, JSON.stringify(filter))
  }
  const rare: Array<[TicketFilter, RegExp]> = [
    [{ type: ['appreciation'] }, /Index Scan Backward using ticket_type/],
    [{ severity: ['high'] }, /Index Scan Backward using ticket_severity/],
    [{ channel: ['phone'] }, /Index Scan Backward using ticket_channel/],
    [{ moduleId: uuid(7) }, /Index Scan Backward using ticket_module/],
    [{ questionId: uuid(7) }, /Index Scan Backward using ticket_question/]
  ]
  for (const [filter, index] of rare) {
    const text = await plan(filter, '-createdAt')
    t.match(text, index, 'what few have is not looked for among all')
    t.notMatch(text, walks)
  }
})

void t.test('pages in every order, put together, are the whole list; ties are broken by id', async (t) => {
  const database = await seeded(t)
  for (const sort of ticketSorts) {
    const whole = await listTickets(database.read, 'acme', { assigneeId: [uuid(7)] }, {
      sort,
      after: null,
      limit: 1_000
    })
    t.equal(whole.length, 400)
    const paged: string[] = []
    for (let after: ReturnType<typeof positionOf> | null = null;;) {
      const page = await listTickets(database.read, 'acme', { assigneeId: [uuid(7)] }, { sort, after, limit: 33 })
      paged.push(...page.map(({ id }) => id))
      if (page.length < 33) break
      after = positionOf(page.at(-1)!, sort)
    }
    t.same(paged, whole.map(({ id }) => id), sort)
  }
})
