// What few tickets meet: tags are found by their index, and deadlines among all of them; the tenant is not read for it.
import { requestRoleOf } from '@dueline/postgres'
import { asOwner, testDatabase, type TestContext } from '@dueline/testkit'
import pg from 'pg'
import t from 'tap'
import { migrations, schema } from '../../src/app.ts'
import { deadlinePositionOf, deadlineSorts, listTicketsByDeadline } from '../../src/store/due-list.ts'
import { looksPerTicket, readByIdMax } from '../../src/store/rare-tickets.ts'
import { listTickets, type TicketFilter } from '../../src/store/ticket-list.ts'
import { spentBy } from './spent-by.ts'

const limit = 21
const newest = { sort: '-createdAt', after: null, limit } as const

/**
 * 20,000 tickets, every tenth of globex. Of acme 200 have the tag `even`, 201 `more`, five `rare`, a third `often`; all
 * of globex have `secret`. Of three quarters something is due, of the closed ones nothing is but for a few.
 */
async function seeded (t: TestContext) {
  const made = await testDatabase(t, { schema, sources: migrations })
  const id = "('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid"
  await asOwner(
    made.database,
    `insert into ticket (tenant_id, id, number, subject, description, type, status, priority, severity, customer_id,
        tags, custom, channel, created_at, updated_at, reopen_count, version)
      select case when i % 10 = 0 then 'globex' else 'acme' end, ${id}, 'T-' || i, 'Printer', '', 'request',
        (array['new','open','resolved','closed'])[1 + i % 4], 'P2', 'low', ${id},
        array_remove(array[case when i % 4000 = 7 then 'rare' end,
          case when i % 10 = 1 and i < 2001 then 'even' end, case when i % 10 = 1 and i < 2011 then 'more' end,
          case when i % 3 = 0 and i % 10 > 0 then 'often' end, case when i % 10 = 0 then 'secret' end], null),
        '{}', 'api', timestamptz '2026-01-01' + i * interval '1 minute', '2026-01-01', 0, 1
      from generate_series(1, 20000) i`
  )
  await asOwner(
    made.database,
    `insert into ticket_sla (tenant_id, ticket_id, clock_id, metric, state, due_at, breached, sequence, as_of)
      select case when i % 10 = 0 then 'globex' else 'acme' end, ${id}, ${id}, 'resolution', 'running',
        case when i % 4 < 3 or i % 1000 = 3 then timestamptz '2026-02-01' + i * 7919 % 3000 * interval '1 minute' end,
        false, 1, now()
      from generate_series(1, 20000) i`
  )
  await asOwner(made.database, 'vacuum analyze ticket, ticket_sla')
  return made
}

t.test('a rare tag is found by the index on tags, and the tenant is not read for it', async (t) => {
  const { database } = await seeded(t)
  const lists = {
    newest: async (filter: TicketFilter) =>
      await spentBy(database, 'ticket_tags', async (tx) => await listTickets(tx, 'acme', filter, newest)),
    dueAt: async (filter: TicketFilter) =>
      await spentBy(
        database,
        'ticket_tags',
        async (tx) => await listTicketsByDeadline(tx, 'acme', filter, { ...newest, sort: 'dueAt' })
      )
  }
  // an entry of the index and a row each; by deadline, those with one and those without are asked for
  const looks = 2 * looksPerTicket * limit
  for (const [order, list] of Object.entries(lists)) {
    for (const [tag, count] of [[['rare'], 5], [['nobodyhasit'], 0], [['nobodyhasit', 'rare'], 5]] as const) {
      const { found, searches, tickets } = await list({ tag: [...tag] })
      t.strictSame({ found, searches }, { found: count, searches: 1 }, `${order}: ${tag.join()}`)
      t.ok(tickets <= looks + 6 * count, `${order}: ${tickets} tickets read for ${tag.join()}`)
    }
    const common = await list({ tag: ['often'] })
    t.strictSame([common.found, common.searches], [limit, 0], `${order}: what many have is not read from it`)
    t.ok(common.tickets <= looks, `${order}: ${common.tickets} tickets read`)
  }
  const held = await spentBy(
    database,
    'ticket_tags',
    async (tx) => (await tx.$client.query(`select from ticket where tenant_id = 'acme' and tags && '{rare}'`)).rows
  )
  t.strictSame([held.found, held.searches], [5, 0], 'the counter-test')
  t.ok(held.tickets >= 18_000, `under the policy alone, ${held.tickets} tickets are read`)
})

t.test('pages of what few or many meet are what all of it is, sorted', async (t) => {
  const { database } = await seeded(t)
  const { read } = database.forTenant('acme')
  const whole = await listTickets(read, 'acme', {}, { ...newest, limit: 20_000 })
  t.equal(whole.length, 18_000)
  const tags = ['rare', 'even', 'more', 'often', 'secret', 'none']
  const filters: TicketFilter[] = [
    ...tags.map((tag) => ({ tag: [tag] })),
    { tag: ['rare', 'even'] },
    { tag: ['even'], status: ['open'] },
    { tag: ['often'], q: 'nobody' },
    { status: ['closed'] }
  ]
  for (const filter of filters) {
    const meant = whole.filter(({ tags, status }) =>
      (filter.tag?.some((tag) => tags.includes(tag)) ?? true) && (filter.status?.includes(status) ?? true) &&
      filter.q === undefined
    )
    const name = JSON.stringify(filter)
    const listed = await listTickets(read, 'acme', filter, { ...newest, limit: 20_000 })
    t.same(listed.map(({ id }) => id), meant.map(({ id }) => id), name)
    for (const sort of deadlineSorts) {
      const way = sort === 'dueAt' ? 1 : -1
      const ids = (isDue: boolean): string[] =>
        meant.filter(({ sla }) => (sla!.dueAt !== null) === isDue)
          .map(({ id, sla }) => ({ id, at: sla!.dueAt ?? 0 }))
          .sort((a, b) => (a.at - b.at || (a.id < b.id ? -1 : 1)) * (isDue ? way : 1)).map(({ id }) => id)
      const paged: string[] = []
      for (let after = null as ReturnType<typeof deadlinePositionOf> | null;;) {
        const page = await listTicketsByDeadline(read, 'acme', filter, { sort, after, limit: 797 })
        paged.push(...page.map(({ id }) => id))
        if (page.length < 797) break
        after = deadlinePositionOf(page.at(-1)!)
      }
      t.same(paged, [...ids(true), ...ids(false)], `${name} by ${sort}`)
    }
  }
  const count = (tag: string): number => whole.filter(({ tags }) => tags.includes(tag)).length
  t.same([count('even'), count('more')], [readByIdMax, readByIdMax + 1], 'both sides of the bound were asked')
})

t.test('the function finds tickets of the tenant that is named, and none for nobody, whoever asks', async (t) => {
  const { url, database } = await seeded(t)
  const login = decodeURIComponent(new URL(url).username)
  for (const role of [requestRoleOf(login), login]) {
    const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema} -c role=${role}` })
    await client.connect()
    t.teardown(async () => await client.end())
    const count = async (...tags: string[]): Promise<number> =>
      (await client.query('select from tickets_with_tags($1, 100000)', [tags])).rowCount!
    t.equal(await count('secret'), 0, `${role}: never set`)
    await client.query("set app.tenant = ''")
    t.equal(await count('secret'), 0, `${role}: empty`)
    await client.query("set app.tenant = 'acme'")
    t.equal(await count('secret'), 0, `${role}: another tenant's tag`)
    t.equal(await count('rare', 'secret'), 5, `${role}: its own only`)
    t.equal(await count(), 0, `${role}: no tags`)
    await client.query("set app.tenant = 'globex'")
    t.equal(await count('secret'), 2_000, `${role}: the counter-test`)
    await client.query('create temp table ticket (tenant_id text, id uuid, tags text[])')
    t.equal(await count('secret'), 2_000, `${role}: a table of the session is not taken for the service's`)
  }
  const { rows } = await database.pool.query(
    `select role, has_function_privilege(role, 'tickets_with_tags(text[], integer)', 'execute') as may
      from unnest($1::text[]) as role`,
    [['public', 'dueline_every_tenant', requestRoleOf(login)]]
  )
  t.same(rows.map(({ may }: any) => may), [false, false, true], 'nobody else may call it')
})
