import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { agentId, customerId, harness, otherTenant, person, tenant, unknownId, type Harness } from './harness.ts'

const minimal = { name: 'Everything', targets: { resolution: 'PT60M' } }
const pointers = (answer: { body: any }) => answer.body.errors.map((error: { pointer: string }) => error.pointer)

async function catalogue ({ call }: Harness) {
  const [one, two] = [
    (await call('POST', '/products', { body: { name: 'One' } })).body.id,
    (await call('POST', '/products', { body: { name: 'Two' } })).body.id
  ] as [string, string]
  const module = (await call('POST', '/modules', { body: { productId: one, name: 'M' } })).body.id as string
  const sibling = (await call('POST', '/modules', { body: { productId: one, name: 'N' } })).body.id as string
  const question = (await call('POST', '/questions', { body: { moduleId: module, name: 'Q' } })).body.id as string
  const calendar = (await call('POST', '/calendars', { body: { name: 'C', spec: { timezone: 'UTC', weekly: {} } } }))
    .body.id as string
  return { one, two, module, sibling, question, calendar }
}

t.test('a row starts with open keys and the built-in rules, in canonical form', async (t) => {
  const { call } = await harness(t)
  const made = await call('POST', '/sla-rows', {
    body: { ...minimal, reminders: [{ before: 'PT90M', urgent: false }] }
  })
  t.match(made, { status: 201, etag: '"1"' })
  const { id, ...row } = made.body
  t.same(row, {
    name: 'Everything',
    kind: 'sla',
    productId: null,
    moduleId: null,
    questionId: null,
    priority: null,
    severity: null,
    customerId: null,
    when: null,
    targets: { resolution: 'PT1H' },
    calendarId: null,
    reminders: [{ before: 'PT1H30M' }],
    pauseRules: {
      first_response: ['maintenance'],
      next_response: ['maintenance'],
      periodic_update: ['maintenance'],
      resolution: ['waiting_on_customer', 'waiting_on_vendor', 'maintenance', 'manual']
    },
    escalationPolicyId: null,
    reopen: 'continue',
    nextResponse: 'after_first',
    effect: 'retroactive',
    rank: 0,
    active: true,
    validFrom: null,
    validTo: null,
    version: 1,
    createdAt: '2026-03-02T08:00:00.000000Z',
    updatedAt: '2026-03-02T08:00:00.000000Z'
  })
  t.same((await call('GET', `/sla-rows/${id}`, { as: 'agent' })).body, made.body)
  t.equal((await call('GET', `/sla-rows/${id}`, { tenant: otherTenant })).status, 404)
  t.same((await call('POST', '/sla-rows', { body: minimal })).body.reminders, [{ percent: 75 }, {
    percent: 90,
    urgent: true
  }])
})

t.test('every field of a row is kept', async (t) => {
  const h = await harness(t)
  const { one, module, question, calendar } = await catalogue(h)
  await h.people(person())
  const body = {
    name: 'Full',
    kind: 'ola',
    productId: one,
    moduleId: module,
    questionId: question,
    priority: 'P0',
    severity: 'critical',
    customerId,
    when: {
      any: [{ field: 'ticket.channel', op: 'in', values: ['email', 'phone'] }, {
        not: { field: 'ticket.type', op: 'eq', value: 'request' }
      }]
    },
    targets: { first_response: 'PT5M', next_response: 'PT10M', periodic_update: 'PT30M', resolution: 'PT2H' },
    calendarId: calendar,
    reminders: [{ percent: 50 }, { before: 'PT10M', urgent: true }, { after: 'PT1H' }],
    pauseRules: {
      first_response: [],
      next_response: ['manual'],
      periodic_update: ['maintenance'],
      resolution: ['waiting_on_vendor']
    },
    escalationPolicyId: unknownId,
    reopen: 'new_cycle',
    nextResponse: 'always',
    effect: 'from_now',
    rank: -3,
    active: false,
    validFrom: '2026-01-01T00:00:00.000000Z',
    validTo: '2026-12-31T00:00:00.000001Z'
  }
  const made = await h.call('POST', '/sla-rows', { body })
  t.match(made, { status: 201 })
  const { id, version, createdAt, updatedAt, ...retained } = made.body
  t.same(retained, body)
  t.same((await h.call('GET', `/sla-rows/${id}`)).body, made.body)
  const cleared = await h.call('PATCH', `/sla-rows/${id}`, {
    ifMatch: '"1"',
    body: { questionId: null, when: null, calendarId: null, validTo: null, escalationPolicyId: null }
  })
  t.match(cleared, {
    status: 200,
    etag: '"2"',
    body: {
      questionId: null,
      when: null,
      calendarId: null,
      validTo: null,
      escalationPolicyId: null,
      moduleId: module,
      version: 2
    }
  })
})

t.test('faults of the row itself', async (t) => {
  const { call } = await harness(t)
  const post = async (body: object) => pointers(await call('POST', '/sla-rows', { body: { ...minimal, ...body } }))
  t.same(await post({ targets: { resolution: 'PT0S', first_response: 'PT9999999H' } }), [
    '/targets/first_response',
    '/targets/resolution'
  ])
  t.same(await post({ targets: {} }), ['/targets'])
  t.same(await post({ targets: { resolution: '2 hours' } }), ['/targets/resolution'])
  t.same(await post({ targets: { response: 'PT1H' } }), ['/targets/response'])
  t.same(await post({ validFrom: '2026-05-01T00:00:00Z', validTo: '2026-05-01T00:00:00Z' }), ['/validTo'])
  t.same(await post({ validFrom: '2026-02-30T00:00:00Z' }), ['/validFrom'])
  t.same(await post({ when: { field: 'ticket.priority', op: 'eq', value: 'P9' } }), ['/when/value'])
  t.same(await post({ when: 'always' }), ['/when'])
  t.same(await post({ reminders: [{ before: 'PT0S' }, { percent: 50 }, { percent: 50 }] }), [
    '/reminders/0/before',
    '/reminders/2'
  ])
  t.ok((await post({ reminders: [{ percent: 100 }] })).some((pointer: string) => pointer.startsWith('/reminders/0')))
  t.same(
    await post({ priority: 'P9', colour: 'red', pauseRules: { resolution: ['lunch'] } }).then((list: string[]) =>
      list.sort()
    ),
    ['/colour', '/pauseRules/resolution/0', '/priority']
  )
  t.same(await post({ name: 'a\u0000b' }), ['/name'])
  t.same(await post({ name: 'a\ud800' }), ['/name'])
  t.same(pointers(await call('POST', '/sla-rows', { body: {} })).sort(), ['/name', '/targets'])
})

t.test('references must exist, in the tenant, and belong together', async (t) => {
  const h = await harness(t)
  const { one, two, module, sibling, question, calendar } = await catalogue(h)
  const post = async (body: object, of = tenant) => {
    const answer = await h.call('POST', '/sla-rows', { body: { ...minimal, ...body }, tenant: of })
    return answer.status === 201 ? [] : pointers(answer)
  }
  t.same(await post({ productId: one, moduleId: module, questionId: question, calendarId: calendar }), [])
  t.same(await post({ productId: unknownId, moduleId: unknownId, questionId: unknownId, calendarId: unknownId }), [
    '/productId',
    '/moduleId',
    '/questionId',
    '/calendarId'
  ])
  t.same(await post({ customerId: unknownId, calendarId: unknownId }), ['/customerId', '/calendarId'], 'both at once')
  t.same(await post({ productId: two, moduleId: module }), ['/moduleId'])
  t.same(await post({ productId: two, questionId: question }), ['/questionId'])
  t.same(await post({ moduleId: sibling, questionId: question }), ['/questionId'])
  t.same(
    await post({ productId: one, calendarId: calendar }, otherTenant),
    ['/productId', '/calendarId'],
    "another tenant's are unknown"
  )
  const { body: { id } } = await h.call('POST', '/sla-rows', { body: { ...minimal, questionId: question } })
  t.same(pointers(await h.call('PATCH', `/sla-rows/${id}`, { ifMatch: '"1"', body: { productId: two } })), [
    '/questionId'
  ])
})

t.test('a customer is looked up in the copy of people', async (t) => {
  const { call, people } = await harness(t)
  const post = async (id: string) => await call('POST', '/sla-rows', { body: { ...minimal, customerId: id } })
  t.same(pointers(await post(customerId)), ['/customerId'])
  await people(person({ version: 2 }), person({ version: 1, role: 'agent' }), person({ id: agentId, role: 'agent' }))
  t.equal((await post(customerId)).status, 201)
  t.match(await post(agentId), {
    status: 400,
    body: { errors: [{ pointer: '/customerId', message: 'is not a customer' }] }
  })
  await people(person({ version: 1, role: 'manager' }))
  t.equal((await post(customerId)).status, 201, 'an older state changes nothing')
})

t.test("an unknown customer is asked for once, with the caller's token, and remembered", async (t) => {
  const asked: string[] = []
  let answer: [number, unknown] = [200, { id: customerId, role: 'customer', active: true, version: 3, name: 'ignored' }]
  const server: Server = createServer((request, response) => {
    if (request.url === '/v1/me') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"person":null}')
      return
    }
    asked.push(`${request.method} ${request.url} ${request.headers.authorization?.slice(0, 7)}`)
    response.writeHead(answer[0], { 'content-type': 'application/json' }).end(JSON.stringify(answer[1]))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    server.close()
  })
  const { call } = await harness(t, { ticketUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
  const post = async (id: string) => await call('POST', '/sla-rows', { body: { ...minimal, customerId: id } })
  t.equal((await post(customerId)).status, 201)
  t.equal((await post(customerId)).status, 201)
  t.same(asked, [`GET /v1/people/${customerId} Bearer `])
  answer = [404, {}]
  t.same(pointers(await post(unknownId)), ['/customerId'])
  answer = [500, {}]
  t.match(await post(unknownId), { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '2' } })
  answer = [200, { id: unknownId, role: 'emperor', active: true, version: 1 }]
  t.equal((await post(unknownId)).status, 503)
  server.close()
  server.closeAllConnections()
  t.equal((await post(unknownId)).status, 503)
})

t.test('changing and deleting need the present ETag', async (t) => {
  const { call } = await harness(t)
  const { body: { id } } = await call('POST', '/sla-rows', { body: minimal })
  const path = `/sla-rows/${id}`
  t.equal((await call('PATCH', path, { body: { rank: 2 } })).status, 428)
  t.equal((await call('PATCH', path, { body: { rank: 2 }, ifMatch: '"9"' })).status, 412)
  t.match(await call('PATCH', path, { body: { rank: 2 }, ifMatch: '"1"' }), {
    status: 200,
    body: { rank: 2, targets: { resolution: 'PT1H' } }
  })
  t.match(await call('PATCH', path, { body: { id: unknownId }, ifMatch: '"2"' }), { status: 400 })
  t.equal((await call('PATCH', path, { body: { rank: 2 }, ifMatch: '"2"', tenant: otherTenant })).status, 404)
  t.equal((await call('DELETE', path)).status, 428)
  t.equal((await call('DELETE', path, { ifMatch: '"1"' })).status, 412)
  t.equal((await call('DELETE', path, { ifMatch: '"2"', tenant: otherTenant })).status, 404)
  t.equal((await call('DELETE', path, { ifMatch: '"2"', body: { why: 1 } })).status, 400)
  t.match(await call('DELETE', path, { ifMatch: '"2"' }), { status: 204, body: undefined })
  t.equal((await call('GET', path)).status, 404)
})

t.test('a merge patch changes targets one by one', async (t) => {
  const { call } = await harness(t)
  const targets = { first_response: 'PT1H', resolution: 'PT4H' }
  const { body: { id } } = await call('POST', '/sla-rows', { body: { ...minimal, targets } })
  const type = 'application/merge-patch+json'
  const patch = async (sent: object, ifMatch: string) =>
    await call('PATCH', `/sla-rows/${id}`, { body: { targets: sent }, ifMatch, type })
  t.same((await patch({ first_response: null, next_response: 'PT2H' }, '"1"')).body.targets, {
    next_response: 'PT2H',
    resolution: 'PT4H'
  })
  t.match(await patch({ next_response: null, resolution: null }, '"2"'), {
    status: 400,
    body: { errors: [{ pointer: '/targets' }] }
  })
})

t.test('the table is listed in pages and by its keys', async (t) => {
  const h = await harness(t)
  const { one, module, question, calendar } = await catalogue(h)
  await h.people(person())
  const keys = {
    kind: 'ola',
    productId: one,
    moduleId: module,
    questionId: question,
    customerId,
    calendarId: calendar,
    priority: 'P3',
    severity: 'low',
    active: false
  }
  const { body: { id: keyed } } = await h.call('POST', '/sla-rows', { body: { ...minimal, name: 'Keyed', ...keys } })
  const { body: { id: plain } } = await h.call('POST', '/sla-rows', { body: minimal })
  const ids = async (query: string) =>
    (await h.call('GET', `/sla-rows?${query}`)).body.items.map((row: { id: string }) => row.id)
  for (const [key, value] of Object.entries(keys)) t.same(await ids(`${key}=${value}`), [keyed], key)
  t.same(await ids('q=KEY'), [keyed])
  t.same(await ids('active=true'), [plain])
  const page = (await h.call('GET', '/sla-rows?limit=1')).body
  t.same(page.items.map((row: { id: string }) => row.id), [keyed])
  t.same(await ids(`limit=1&cursor=${page.nextCursor}`), [plain])
  t.match(await h.call('GET', '/sla-rows?priority=P9'), {
    status: 400,
    body: { errors: [{ in: 'query', pointer: '/priority' }] }
  })
})

t.test('overlaps are refused where the tenant forbids them', async (t) => {
  const { call } = await harness(t)
  const settings = async (forbidOverlap: boolean, ifMatch: string) =>
    await call('PUT', '/sla-policy-settings', { body: { forbidOverlap, defaults: {} }, ifMatch })
  const post = async (body: object = {}, of = tenant) =>
    await call('POST', '/sla-rows', { body: { ...minimal, priority: 'P1', severity: 'high', ...body }, tenant: of })
  const first = (await post()).body.id
  const second = (await post()).body.id
  t.match(await settings(true, '"0"'), { status: 409, body: { code: 'sla_row_overlaps', rowIds: [first, second] } })
  await call('DELETE', `/sla-rows/${second}`, { ifMatch: '"1"' })
  t.match(await settings(true, '"0"'), { status: 200, etag: '"1"', body: { forbidOverlap: true } })
  t.match(await post(), { status: 409, body: { code: 'sla_row_overlaps', rowIds: [first] } })
  for (
    const other of [{ active: false }, { priority: 'P2' }, { severity: null }, { kind: 'ola' }, {
      when: { field: 'ticket.type', op: 'exists' }
    }]
  ) {
    t.equal((await post(other)).status, 201, JSON.stringify(other))
  }
  t.equal(
    (await post({ when: { op: 'exists', field: 'ticket.type' } })).status,
    409,
    'the order of keys in a condition does not matter'
  )
  t.equal((await post({}, otherTenant)).status, 201, 'another tenant allows it')
  const dated = { priority: 'P0', validFrom: '2026-01-01T00:00:00Z', validTo: '2026-02-01T00:00:00Z' }
  t.equal((await post(dated)).status, 201)
  t.equal(
    (await post({ ...dated, validFrom: '2026-02-01T00:00:00Z', validTo: null })).status,
    201,
    'one ends where the other begins'
  )
  t.equal((await post({ ...dated, validFrom: '2026-01-31T23:59:59.999999Z' })).status, 409)
  const idle = (await post({ active: false })).body.id
  t.equal((await call('PATCH', `/sla-rows/${idle}`, { ifMatch: '"1"', body: { active: true } })).status, 409)
  const both = await Promise.all([1, 2, 3, 4].map(async () => (await post({ priority: 'P3' })).status))
  t.same(both.sort(), [201, 409, 409, 409], 'also at the same time')
})

t.test('settings: defaults per priority, versioned', async (t) => {
  const { call } = await harness(t)
  t.match(await call('GET', '/sla-policy-settings', { as: 'agent' }), {
    status: 200,
    etag: '"0"',
    body: {
      forbidOverlap: false,
      oneRowPerSeverityAndPriority: false,
      defaults: { P0: null, P1: null, P2: null, P3: null, low: null, medium: null, high: null, critical: null },
      version: 0,
      updatedAt: null
    }
  })
  const { body: { id: calendarId } } = await call('POST', '/calendars', {
    body: { name: 'C', spec: { timezone: 'UTC', weekly: {} } }
  })
  const defaults = { P1: { targets: { resolution: 'PT120M' }, calendarId }, P2: null }
  t.equal((await call('PUT', '/sla-policy-settings', { body: { forbidOverlap: false, defaults } })).status, 428)
  t.match(await call('PUT', '/sla-policy-settings', { body: { forbidOverlap: false, defaults }, ifMatch: '"0"' }), {
    status: 200,
    etag: '"1"',
    body: { defaults: { P0: null, P1: { targets: { resolution: 'PT2H' }, calendarId }, P2: null }, version: 1 }
  })
  t.equal(
    (await call('PUT', '/sla-policy-settings', { body: { forbidOverlap: false, defaults }, ifMatch: '"0"' })).status,
    412
  )
  const faulty = {
    P0: { targets: {}, calendarId: unknownId },
    P3: { targets: { resolution: 'PT0S' }, calendarId: null }
  }
  t.same(
    pointers(
      await call('PUT', '/sla-policy-settings', { body: { forbidOverlap: false, defaults: faulty }, ifMatch: '"1"' })
    ),
    ['/defaults/P0/targets', '/defaults/P0/calendarId', '/defaults/P3/targets/resolution']
  )
  t.match((await call('GET', '/sla-policy-settings')).body, { version: 1 })
})

t.test('the condition schema is published', async (t) => {
  const { call } = await harness(t)
  const { status, body } = await call('GET', '/sla-rows/schema', { as: 'agent' })
  t.equal(status, 200)
  t.match(body.when, { $schema: 'https://json-schema.org/draft/2020-12/schema' })
  t.equal(body.when.anyOf.length, 3 + 4 * 3 + 3)
})

t.test('a condition with very many faults: the first hundred are listed', async (t) => {
  const { call } = await harness(t)
  const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`unknown${index}`, 1]))
  const when = { field: 'ticket.type', op: 'exists', ...unknown }
  const { status, body } = await call('POST', '/sla-rows', {
    body: { name: 'row', targets: { resolution: 'PT1H' }, when }
  })
  t.match({ status, body }, { status: 400, body: { detail: 'the request has 5000 faults, the first 100 are listed' } })
  t.equal(body.errors.length, 100)
  t.match(body.errors[0], { pointer: '/when/unknown0', message: 'is not known here' })
})
