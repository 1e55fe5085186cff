import t from 'tap'
import { createClient, isProblem, ProblemError, UnexpectedAnswer, type Ticket } from '../../src/index.ts'
import { addresses, everyOperation } from '../generated/every-operation.ts'
import { problem, startServer } from './server.ts'

t.test('every operation is sent where it belongs, with a key where it takes one', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: `${server.url}/`, token: 'secret' })
  const ids = Object.keys(everyOperation) as (keyof typeof everyOperation)[]
  t.ok(ids.length >= 100)
  for (const id of ids.filter((each) => each !== 'streamEvents')) {
    await everyOperation[id](client)
    const { method, path, headers, body } = server.came.at(-1)!
    const [wanted = '', template = ''] = addresses[id].split(' ')
    t.equal(method, wanted, id)
    t.match(path, new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`), id)
    t.match(headers, { authorization: 'Bearer secret', accept: 'application/json' })
    t.equal(headers['content-type'] !== undefined, body !== '', 'a type where there is a body')
    if (headers['content-type'] === 'application/json') JSON.parse(body)
  }
  const came = (operation: string) => server.came.find(({ method, path }) => `${method} ${path}` === operation)
  t.match(came('POST /v1/tickets')?.headers['idempotency-key'], /^[0-9a-f]{32}$/)
  t.notOk(came('POST /v1/agreements/resolve')?.headers['idempotency-key'], 'not where it means nothing')
  t.match(came('POST /v1/ticket-imports')?.headers, { 'content-type': 'application/x-ndjson' })
})

t.test('a file is a Blob where one is documented, and JSON stays JSON', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url })
  const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  const bytes = Uint8Array.of(0x50, 0x4b, 0, 0xff)
  const exportRows = async () => await client.get('/v1/sla-rows/export', { query: { format: 'xlsx' } })
  server.answer((response) => response.writeHead(200, { 'content-type': xlsx }).end(bytes))
  const { data } = await exportRows()
  t.ok(data instanceof Blob)
  t.same(new Uint8Array(await (data as Blob).arrayBuffer()), bytes)
  server.answer({ body: { items: [] } })
  t.same((await exportRows()).data, { items: [] })
  server.answer({ headers: { 'content-type': 'text/html' }, body: '<p>of a proxy</p>' })
  await t.rejects(exportRows(), UnexpectedAnswer, 'of a type that is not documented')
  server.answer((response) => response.writeHead(200, { 'content-type': xlsx }).end(bytes))
  await t.rejects(client.get('/v1/tickets'), UnexpectedAnswer, 'where no file is documented')
})

t.test('headers of a client go with every request, those of a call first', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url, headers: { 'X-Way': 'always', 'x-other': 'kept' } })
  await client.get('/v1/tickets')
  await client.get('/v1/tickets', { headers: { 'x-way': 'once' } })
  t.match(server.came.map(({ headers }) => headers), [
    { 'x-way': 'always', 'x-other': 'kept', accept: 'application/json' },
    { 'x-way': 'once', 'x-other': 'kept' }
  ])
})

t.test('what is asked for is sent as it is, what is answered comes with its status and version', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url, token: 'secret' })
  server.answer({ headers: { etag: '"7"' }, body: { items: [], nextCursor: null } })
  const query = { status: ['new', 'open'], q: 'a b&c=ü', limit: 5, cursor: undefined } as const
  const answer = await client.get('/v1/tickets', { query: query as never, headers: { 'X-Request-Id': 'request-1' } })
  t.match(answer, { data: { items: [], nextCursor: null }, status: 200, etag: '"7"' })
  const [came] = server.came
  t.same([...came!.query], [['status', 'new'], ['status', 'open'], ['q', 'a b&c=ü'], ['limit', '5']])
  t.match(came!.headers, { 'x-request-id': 'request-1' })

  server.answer({ status: 204 })
  const path = { endpointId: 'a/b?c' }
  t.equal((await client.delete('/v1/webhook-endpoints/{endpointId}', { path })).data, undefined)
  t.equal(server.came[1]?.path, '/v1/webhook-endpoints/a%2Fb%3Fc')

  server.answer({ status: 202, body: {} })
  await client.post('/v1/ticket-imports', { body: '{"a":1}\n{"a":2}\n' })
  t.equal(server.came[2]?.body, '{"a":1}\n{"a":2}\n', 'as it was given')

  for (const ticketId of ['', '.', '..']) {
    await t.rejects(client.get('/v1/tickets/{ticketId}', { path: { ticketId } }), { message: /ticketId must be an id/ })
  }
  await t.rejects(client.get('/v1/tickets/{ticketId}', { path: {} as { ticketId: string } }), TypeError)
  t.equal(server.came.length, 3, 'nothing was sent elsewhere')
})

t.test('a refusal is an error of its code, with every fault', async (t) => {
  const server = await startServer(t)
  const client = createClient({ url: server.url })
  const errors = [{ in: 'body', pointer: '/subject', message: 'must not be empty' }]
  server.answer(problem(409, 'ticket_transition_refused', { allowed: ['open'], errors }))
  const path = { ticketId: 'x' }
  const move = client.post('/v1/tickets/{ticketId}/transitions', { path, body: { to: 'resolved' } as never })
  const error: unknown = await move.catch((each: unknown) => each)
  t.ok(isProblem(error) && isProblem(error, 'conflict', 'ticket_transition_refused'))
  t.notOk(isProblem(error, 'conflict'))
  if (!isProblem(error, 'ticket_transition_refused')) return
  const status: 409 = error.status
  t.equal(status, 409)
  t.same([error.code, error.faults, error.body['allowed'], error.requestId], [
    'ticket_transition_refused',
    errors,
    ['open'],
    'r'
  ])
  t.match(
    error.message,
    /POST \/v1\/tickets\/\{ticketId\}\/transitions answered 409 .* body \/subject must not be empty/
  )

  server.answer(problem(418, 'of_a_newer_server'))
  await t.rejects(client.get('/v1/me'), ProblemError)
  for (const reply of [{ status: 404, body: '<html>' }, { body: '<html>' }, { status: 404, body: { code: 5 } }]) {
    server.answer(reply)
    await t.rejects(client.get('/v1/me'), UnexpectedAnswer, 'something else is there')
  }
  server.answer({ status: 302, headers: { location: '/elsewhere' } })
  await t.rejects(createClient({ url: server.url, triesMax: 1 }).get('/v1/me'), { name: 'ConnectionError' })
  t.notOk(server.came.some((each) => each.path === '/elsewhere'), 'a token is taken nowhere else')
})

t.test('what does not fit the document does not compile', async (t) => {
  const client = createClient({ url: 'http://127.0.0.1:1' })
  const wrong = (): unknown[] => [
    // @ts-expect-error: there is no such path
    client.get('/v1/nothing'),
    // @ts-expect-error: the path has no such method
    client.delete('/v1/me'),
    // @ts-expect-error: the path needs its parameter
    client.get('/v1/tickets/{ticketId}'),
    // @ts-expect-error: there is no such parameter
    client.get('/v1/tickets', { query: { colour: 'red' } }),
    // @ts-expect-error: there is no such member of a request
    client.get('/v1/tickets', { parmas: {} }),
    // @ts-expect-error: a change needs If-Match
    client.patch('/v1/tickets/{ticketId}', { path: { ticketId: 'x' }, body: {} }),
    // @ts-expect-error: no such priority
    client.post('/v1/tickets', { body: { subject: 'x', priority: 'P9' } }),
    // @ts-expect-error: this has no body
    client.post('/v1/inbox/read-all', { body: {} }),
    // @ts-expect-error: the stream is not one answer
    client.get('/v1/events/stream'),
    // @ts-expect-error: no list
    client.paginate('/v1/me'),
    // @ts-expect-error: there is no such code
    isProblem(undefined, 'no_such_code')
  ]
  t.type(wrong, 'function')
  const status = (ticket: Ticket): 'new' | undefined => ticket.status === 'new' ? ticket.status : undefined
  t.equal(status({ status: 'new' } as Ticket), 'new')
})
