import t from 'tap'
import { createClient } from '../../src/index.ts'
import { problem, startServer } from './server.ts'

async function all<T> (items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const item of items) found.push(item)
  return found
}

t.test('a list is read page by page, as far as it is taken', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url })
  const pages = [
    { body: { items: [{ id: 'a' }, { id: 'b' }], nextCursor: 'c1' } },
    { body: { items: [], nextCursor: 'c2' } },
    { body: { items: [{ id: 'c' }], nextCursor: null } }
  ]
  server.answer(...pages)
  const query = { status: ['open'], limit: 2 } as const
  const ids = (await all(client.paginate('/v1/tickets', { query: query as never }))).map(({ id }) => id)
  t.same(ids, ['a', 'b', 'c'])
  const asked = server.came.map((each) => each.query.toString())
  t.same(asked, ['status=open&limit=2', 'status=open&limit=2&cursor=c1', 'status=open&limit=2&cursor=c2'])

  server.came.length = 0
  server.answer(...pages)
  t.equal((await all(client.paginate('/v1/tickets', { itemsMax: 2 }))).length, 2)
  t.equal(server.came.length, 1, 'no page more than is needed')
  server.answer(...pages)
  t.equal((await all(client.paginate('/v1/tickets', { itemsMax: 1 }))).length, 1)
  t.same(await all(client.paginate('/v1/tickets', { itemsMax: 0 })), [])
  t.equal(server.came.length, 2)
  server.answer(...pages)
  for await (const { id } of client.paginate('/v1/tickets')) if (id === 'a') break
  t.equal(server.came.length, 3)

  server.answer({ body: { items: [{ id: 'a' }], nextCursor: 'same' } })
  await t.rejects(all(client.paginate('/v1/tickets')), { message: /the same cursor twice/ })
  server.answer(pages[0]!, problem(403, 'forbidden'))
  await t.rejects(all(client.paginate('/v1/tickets')), { code: 'forbidden' }, 'and not the end of the list')
})

t.test('a change begins anew when somebody else was faster', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url })
  const read = (version: number) => ({ headers: { etag: `"${version}"` }, body: { tags: [`t${version}`] } })
  const stale = problem(412, 'precondition_failed')
  const request = { path: { ticketId: 'x' } }
  const addTag = ({ tags }: { tags: string[] }) => ({ tags: [...tags, 'mine'] })

  server.answer(read(1), stale, read(2), { headers: { etag: '"3"' }, body: { subject: 'done' } })
  const answer = await client.change('/v1/tickets/{ticketId}', request, addTag)
  t.match(answer, { data: { subject: 'done' }, etag: '"3"' })
  const writes = server.came.filter(({ method }) => method === 'PATCH')
  t.same(writes.map(({ headers, body }) => [headers['if-match'], body]), [
    ['"1"', '{"tags":["t1","mine"]}'],
    ['"2"', '{"tags":["t2","mine"]}']
  ])

  server.came.length = 0
  server.answer(read(1))
  t.match(await client.change('/v1/tickets/{ticketId}', request, () => undefined), { etag: '"1"' })
  t.equal(server.came.length, 1, 'nothing to change')
  server.answer(read(1), stale, read(2), stale, read(3))
  const tries = client.change('/v1/tickets/{ticketId}', { ...request, changesMax: 2 }, addTag)
  await t.rejects(tries, { code: 'precondition_failed' })
  t.equal(server.came.length, 5)
  server.answer(read(1), problem(409, 'conflict'), read(1), { body: {} })
  await t.rejects(client.change('/v1/tickets/{ticketId}', request, addTag), { code: 'conflict' })
  server.answer({ body: {} })
  await t.rejects(client.change('/v1/tickets/{ticketId}', request, () => ({})), { message: /no ETag/ })

  server.answer(read(1), { body: {} })
  await client.change('/v1/sla-policy-settings', {}, (settings) => settings as never)
  t.match(server.came.at(-1), { method: 'PUT', headers: { 'if-match': '"1"' } })
})
