// What `q` finds: the ticket's own words and those of its messages, and for whom.
import { readFile, cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asOwner, testDatabase } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { migrations, schema } from '../../src/app.ts'
import { listTickets } from '../../src/store/ticket-list.ts'
import { people, startTicket, type TestTicket, type Who } from './harness.ts'

async function created (t: Test, service: TestTicket, body: object, as: Who = 'agent'): Promise<any> {
  const answer = await service.post('/tickets', body, { as })
  t.equal(answer.status, 201)
  return answer.body
}

function searching (t: Test, service: TestTicket) {
  return async (q: string, as: Who = 'agent'): Promise<string[]> => {
    const { status, body } = await service.get(`/tickets?q=${encodeURIComponent(q)}`, { as })
    t.equal(status, 200, q)
    const counts = await service.get(`/ticket-counts?q=${encodeURIComponent(q)}`, { as })
    const byDeadline = await service.get(`/tickets?sort=dueAt&q=${encodeURIComponent(q)}`, { as })
    const found = body.items.map(({ subject }: any) => subject).sort()
    t.equal(counts.body.total, found.length, `${q}: as many are counted`)
    t.same(byDeadline.body.items.map(({ subject }: any) => subject).sort(), found, `${q}: by deadline`)
    return found
  }
}

t.test('names, numbers, addresses and Arabic words are found, wherever they stand', async (t) => {
  const service = await startTicket(t)
  const customerId = people.customer.id
  const first = await created(t, service, {
    subject: 'PRINTER-42 fails',
    description: 'Exchange/Outlook on db1.example.com (since 2026-11-28). Ask ann.smith+help@example.org!',
    customerId
  })
  await created(t, service, { subject: 'B', description: 'الطَّابِعَة لا تعمل، رقم ٤٢٧', customerId })
  await created(t, service, { subject: 'C', description: 'A printer, on the 42nd floor', customerId })
  const found = searching(t, service)
  const both = ['C', 'PRINTER-42 fails']
  for (
    const [q, subjects] of [
      ['42', ['PRINTER-42 fails']],
      ['PRINTER-42', ['PRINTER-42 fails']],
      ['printer', both],
      ['Outlook', ['PRINTER-42 fails']],
      ['exchange/outlook', ['PRINTER-42 fails']],
      ['db1', ['PRINTER-42 fails']],
      ['28', ['PRINTER-42 fails']],
      ['2026-11-28', ['PRINTER-42 fails']],
      ['ann.smith+help@example.org', ['PRINTER-42 fails']],
      ['smith', ['PRINTER-42 fails']],
      ['bob.smith+help@example.org', []],
      [first.number, ['PRINTER-42 fails']],
      [first.number.replace(/^T-0*/, ''), ['PRINTER-42 fails']],
      ['fails outlook', ['PRINTER-42 fails']],
      ['الطابعة', ['B']],
      ['الطّابعه', ['B']],
      ['تعمل', ['B']],
      ['427', ['B']],
      ['٤٢', ['PRINTER-42 fails']],
      ['print', []],
      ['printer -floor', ['PRINTER-42 fails']],
      ['printer -PRINTER-42', ['C']],
      ['-printer', ['B']],
      ['"on the" or تعمل', ['B', 'C']],
      ['"the on"', []],
      ['- "" !', []]
    ] as const
  ) t.same(await found(q), subjects, q)
})

t.test('messages are searched; internal ones for staff only, and a customer finds its own tickets', async (t) => {
  const service = await startTicket(t)
  const own = await created(t, service, { subject: 'Own', customerId: people.customer.id })
  const others = await created(t, service, { subject: 'Other', customerId: people.outsider.id })
  const say = async (id: string, body: string, kind: string): Promise<void> => {
    t.equal((await service.post(`/tickets/${id}/messages`, { body, kind })).status, 201)
  }
  await say(own.id, 'The fuser is worn', 'public')
  await say(own.id, 'She is difficult, see fuser', 'internal')
  await say(own.id, 'Receipt zulu', 'automatic')
  await say(others.id, 'Another fuser', 'public')
  const found = searching(t, service)
  t.same(await found('fuser'), ['Other', 'Own'])
  t.same(await found('fuser', 'customer'), ['Own'], 'of its own tickets')
  t.same(await found('fuser', 'outsider'), ['Other'])
  t.same(await found('difficult'), ['Own'], 'staff finds by a note')
  t.same(await found('difficult', 'customer'), [], 'its customer never does')
  t.same(await found('worn difficult'), [], 'one text has all words')
  t.same(await found('fuser -difficult'), ['Other'], 'what none of the texts may have')
  t.same(await found('fuser -difficult', 'customer'), ['Own'], 'nor does it learn of a note by its absence')
  t.same(await found('zulu', 'customer'), ['Own'], 'automatic messages are not internal')

  const etag = (await service.get(`/tickets/${own.id}`)).etag
  t.equal((await service.patch(`/tickets/${own.id}`, { subject: 'Renamed', description: 'toner' }, etag)).status, 200)
  t.same(await found('own'), [], 'the words of before are gone')
  t.same(await found('renamed toner'), ['Renamed'])
})

t.test('the largest texts are taken and found to their end', async (t) => {
  const service = await startTicket(t)
  const words = Array.from({ length: 9_000 }, (_, i) => `w${i}x`).join(' ')
  const largest = `${words}${' y'.repeat(40_000)}`.slice(0, 65_500) + ' lastword'
  const { id } = await created(t, service, {
    subject: 'Large',
    description: `${largest.slice(0, -9)} lastone`,
    customerId: people.customer.id
  })
  t.equal((await service.post(`/tickets/${id}/messages`, { body: largest })).status, 201)
  t.equal((await service.post(`/tickets/${id}/messages`, { body: `short ${'x'.repeat(60_000)}` })).status, 201)
  const found = searching(t, service)
  for (const q of ['lastword', 'lastone', 'w8999x', 'short']) t.same(await found(q), ['Large'], q)
})

t.test('what was there before the migration is found as well', async (t) => {
  const folder = t.testdir({})
  await cp(fileURLToPath(new URL('../../migrations', import.meta.url)), folder, { recursive: true })
  const sqls: string[] = []
  for (const name of ['0018_search_texts.sql', '0044_parted_by_pattern.sql']) {
    const file = join(folder, name)
    sqls.push(await readFile(file, 'utf8'))
    await rm(file)
  }
  const before = migrations.map((source) =>
    source.name === 'ticket' ? { ...source, directory: new URL(`file://${folder}/`) } : source
  )
  const { database } = await testDatabase(t, { schema, sources: before })
  const id = "('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid"
  await asOwner(
    database,
    `insert into ticket (tenant_id, id, number, subject, description, type, status, priority, severity, customer_id,
        tags, custom, channel, created_at, updated_at, reopen_count, version)
      select 'acme', ${id}, 'T-' || i, 'Printer', 'Of the floor-' || i, 'request', 'new', 'P2', 'low', ${id}, '{}',
        '{}', 'api', now(), now(), 0, 1 from generate_series(1, 100) i;
    insert into ticket_message (tenant_id, id, ticket_id, version, kind, author_kind, body, at)
      select 'acme', ${id}, ${id}, 2, case when i % 2 = 0 then 'internal' else 'public' end, 'agent', 'word' || i, now()
      from generate_series(1, 100) i`
  )
  for (const sql of sqls) await asOwner(database, sql)
  const { read } = database.forTenant('acme')
  const found = async (q: string, internals = true): Promise<number> =>
    (await listTickets(read, 'acme', { q, internals }, { sort: 'createdAt', after: null, limit: 200 })).length
  t.same([await found('printer'), await found('floor-7'), await found('T-8')], [100, 1, 1])
  t.same([await found('word8'), await found('word8', false), await found('word9', false)], [1, 0, 1])
})
