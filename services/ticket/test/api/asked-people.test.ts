// Who is not among the copies is asked of the directory, once; here it is a server that says what the test wants.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { testPerson } from '@dueline/testkit'
import t, { type Test } from 'tap'
import { people, startTicket, tenant } from './harness.ts'

const known = '01900000-0000-7000-8000-00000000b001'

/** A directory that knows these people, and whoever calls as one of them; `asked`: the paths, in order. */
async function startDirectory (t: Test, ...others: Array<ReturnType<typeof testPerson>>) {
  const asked: string[] = []
  const directory = createServer((request, response) => {
    const url = request.url ?? ''
    asked.push(url)
    const subject = JSON.parse(
      Buffer.from((request.headers.authorization ?? '').split('.')[1] ?? '', 'base64url').toString() || '{}'
    ).sub
    const person = url === '/v1/me'
      ? others.find(({ id }) => id === subject) ?? null
      : others.find(({ id }) => url === `/v1/people/${id}`)
    const body = url === '/v1/me' ? { person } : person
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body ?? { code: 'not_found' }))
  })
  await new Promise<void>((resolve) => directory.listen(0, '127.0.0.1', resolve))
  t.teardown(() => directory.close())
  const service = await startTicket(t, {
    config: { DIRECTORY_URL: `http://127.0.0.1:${(directory.address() as AddressInfo).port}` }
  })
  return { ...service, asked, directory }
}

t.test('somebody just added can be named at once, and is asked for once', async (t) => {
  const agent = testPerson({ id: known, screenName: 'Just here' })
  const second = testPerson({ id: known.replace('b001', 'b002') })
  const writer = testPerson({ id: known.replace('b001', 'b003'), role: 'customer', screenName: 'Writer' })
  const { post, asked, call } = await startDirectory(t, agent, second, writer)
  const of = (id: string) => asked.filter((path) => path === `/v1/people/${id}`).length
  const open = async (assigneeId: string) =>
    await post('/tickets', { subject: 'x', customerId: people.customer.id, assigneeId })
  const { status, body } = await open(agent.id)
  t.equal(status, 201)
  await open(agent.id)
  t.equal(of(agent.id), 2, 'whoever is given a ticket may have left since')
  t.match((await call('GET', `/tickets/${body.id}`, { as: 'customer' })).body, { assigneeScreenName: 'Just here' })
  t.equal((await post(`/tickets/${body.id}/assignments`, { assigneeId: second.id })).status, 200)
  const author = { customerId: writer.id }
  t.match(await post(`/tickets/${body.id}/messages`, { body: 'x', author }), {
    body: { author: { screenName: 'Writer' } }
  })
  const third = known.replace('b001', 'b009')
  const fault = { errors: [{ pointer: '/assigneeId', message: 'no such person' }] }
  t.match(await open(third), { status: 400, body: fault })
  t.match(await post('/ticket-updates', { items: [{ ticketId: body.id, assigneeId: third }] }), {
    body: { items: [{ status: 400, errors: fault.errors }] }
  })
  t.equal(of(people.customer.id), 0, 'whose copy is here is not asked for')
  const answers = async () => await post(`/tickets/${body.id}/messages`, { body: 'y', author })
  await answers()
  t.equal(of(writer.id), 1, 'the answer is kept')
})

t.test('somebody who has left a moment ago is given nothing by hand, before the event of that has come', async (t) => {
  const gone = testPerson({ id: people.second.id, active: false, version: 2 })
  const { post, open, directory } = await startDirectory(t, gone)
  const { id } = await open()
  const fault = { pointer: '/assigneeId', message: 'is not active' }
  const assigneeId = gone.id
  t.match(await post(`/tickets/${id}/assignments`, { assigneeId }), { status: 400, body: { errors: [fault] } })
  t.match(await post('/ticket-updates', { items: [{ ticketId: id, assigneeId }] }), {
    body: { items: [{ status: 400, errors: [fault] }] }
  })
  const draft = { subject: 'x', customerId: people.customer.id, assigneeId }
  t.match(await post('/tickets', draft), { status: 400, body: { errors: [fault] } })
  t.match(await post('/tickets/batch', { tickets: [draft] }), { body: { items: [{ errors: [fault] }] } })
  directory.closeAllConnections()
  await new Promise((resolve) => directory.close(resolve))
  t.match(
    await post(`/tickets/${id}/assignments`, { assigneeId: people.agent.id }),
    { status: 200 },
    'else copies decide'
  )
})

t.test('a caller who is new writes under the own name from the first request on', async (t) => {
  const caller = testPerson({ id: known, role: 'customer', screenName: 'First time' })
  const { issuer, http, asked } = await startDirectory(t, caller)
  const headers = await issuer.bearer({ tenant, sub: known, roles: ['customer'] })
  const send = async (url: string, payload: object) =>
    (await http.inject({ method: 'POST', url: `/v1${url}`, headers, payload })).json()
  const opened = await send('/tickets', { subject: 'x' })
  t.equal(opened.customerId, known)
  const written = await send(`/tickets/${opened.id}/messages`, { body: 'y' })
  t.match(written.author, { kind: 'customer', screenName: 'First time' })
  t.same(asked, ['/v1/me'], 'one question for all of it')
})

t.test('while the directory is away only who has to be asked for waits', async (t) => {
  const { directory, post } = await startDirectory(t)
  directory.closeAllConnections()
  await new Promise((resolve) => directory.close(resolve))
  t.match(await post('/tickets', { subject: 'x', customerId: people.customer.id }), { status: 201 })
  t.match(await post('/tickets', { subject: 'x', customerId: known }), { status: 503, body: { code: 'unavailable' } })
})
