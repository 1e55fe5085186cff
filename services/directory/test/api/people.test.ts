import { formatInstant } from '@dueline/business-time'
import { encodeCursor } from '@dueline/http'
import { idOfExternal } from '@dueline/service'
import t from 'tap'
import { faultsOf, tenant } from './harness.ts'
import { other, people, startPeople } from './people-harness.ts'

const unknown = '01900000-0000-7000-8000-0000000000ff'
const admin = { as: 'admin' } as const

void t.test('createPerson', async (t) => {
  const service = await startPeople(t)
  const { post } = service
  const made = await post('/people', {
    id: unknown,
    role: 'agent',
    name: 'Nora',
    email: 'nora@acme.test',
    language: 'ar',
    managerId: people.manager.id
  }, admin)
  t.match(made, {
    status: 201,
    etag: '"1"',
    headers: { location: `/v1/people/${unknown}` },
    body: { id: unknown, screenName: 'Nora', active: true, version: 1, externalId: null }
  })
  t.match(await service.outbox(), [{
    type: 'person.changed',
    subject: `person/${unknown}`,
    partitionkey: unknown,
    sequence: 1,
    historical: false,
    time: formatInstant(service.clock.now()),
    data: { person: { id: unknown, role: 'agent', language: 'ar', managerId: people.manager.id, version: 1 } }
  }])
  t.match(await post('/people', { role: 'customer', name: 'No id' }, admin), {
    status: 201,
    body: { email: null, managerId: null, language: 'en' }
  })
  t.match(await post('/people', { id: unknown, role: 'agent', name: 'Again' }, admin), {
    status: 409,
    body: { code: 'person_exists' }
  })
  t.match(await post('/people', { role: 'agent', name: 'M', managerId: unknown.replace('ff', 'fe') }, admin), {
    status: 400,
    body: { errors: [{ pointer: '/managerId', message: 'no such person' }] }
  })
  t.match(await post('/people', { id: 'x', role: 'boss', name: ' ', email: 'no', language: 'de', extra: 1 }, admin), {
    status: 400,
    body: { errors: { length: 6 } }
  })
  t.match(await post('/people', { role: 'agent', name: 'N' }, { as: null }), { status: 401 })
  t.match(await post('/people', { role: 'agent', name: 'N' }, { as: 'manager' }), { status: 403 })
  t.match(await post('/people', { role: 'agent', name: 'x'.repeat(1_100_000) }, admin), { status: 413 })
  t.match(await post('/people', 'x', { ...admin, headers: { 'content-type': 'text/csv' } }), { status: 415 })
  const self = unknown.replace('ff', 'fd')
  t.match(await post('/people', { id: self, role: 'agent', name: 'Own boss', managerId: self }, admin), {
    status: 400,
    body: { errors: [{ pointer: '/managerId' }] }
  })
})

void t.test('updatePerson', async (t) => {
  const service = await startPeople(t)
  const path = `/people/${people.agent.id}`
  t.match(await service.patch(path, { managerId: people.manager.id, screenName: 'Anna A' }, '"1"', admin), {
    status: 200,
    etag: '"2"',
    body: { managerId: people.manager.id, screenName: 'Anna A', name: 'Anna Agent' }
  })
  t.match(await service.outbox(), [{
    type: 'person.changed',
    sequence: 2,
    data: { person: { managerId: people.manager.id, version: 2 } }
  }])
  t.match(
    await service.patch(path, { screenName: 'Anna A' }, '"2"', admin),
    { status: 200, etag: '"2"' },
    'no change is no event'
  )
  t.match(await service.patch(`/people/${people.manager.id}`, { managerId: people.agent.id }, '"1"', admin), {
    status: 400,
    body: { errors: [{ pointer: '/managerId', message: /cycle/ }] }
  })
  t.match(await service.patch(path, { managerId: unknown }, '"2"', admin), {
    status: 400,
    body: { errors: [{ pointer: '/managerId', message: 'no such person' }] }
  })
  t.match(await service.patch(path, { id: unknown }, '"2"', admin), { status: 400 })
  t.match(await service.patch(path, {}, '"2"', admin), { status: 400 })
  t.match(await service.patch(path, { active: false }, '"1"', admin), { status: 412 })
  t.match(await service.patch(path, { active: false }, null, admin), { status: 428 })
  t.match(await service.patch(path, { active: false }, '"2"', { as: null }), { status: 401 })
  t.match(await service.patch(path, { active: false }, '"2"'), { status: 403 })
  t.match(await service.patch(path, { active: false }, '"2"', { ...admin, tenant: other }), { status: 404 })
  t.match(await service.patch(path, { name: 'x'.repeat(1_100_000) }, '"2"', admin), { status: 413 })
  t.match(await service.patch(path, 'x', '"2"', { ...admin, headers: { 'content-type': 'text/csv' } }), { status: 415 })

  await t.test('two changes at once cannot close a circle together', async (t) => {
    const [a, b] = [people.second.id, people.admin.id]
    const answers = await Promise.all([
      service.patch(`/people/${a}`, { managerId: b }, '"1"', admin),
      service.patch(`/people/${b}`, { managerId: a }, '"1"', admin)
    ])
    t.same(answers.map(({ status }) => status).sort(), [200, 400])
  })
})

void t.test('an address that no mail can be delivered to is refused', async (t) => {
  const service = await startPeople(t)
  const path = `/people/${people.agent.id}`
  const local = 'a'.repeat(64)
  const right = [
    '"north,south"@example.org',
    "o'neil+tag@example.org",
    'x@münchen.example',
    'محمد@مثال.example',
    `${local}@example.org`
  ]
  for (const email of right) {
    t.match(
      await service.post('/people', { role: 'agent', name: 'N', email }, admin),
      { status: 201, body: { email } },
      email
    )
  }
  const wrong = [
    'north,south@example.org',
    'Nora <nora@example.org>',
    'a@example.org, b@example.org',
    'a..b@example.org',
    'a\n@example.org',
    `${local}a@example.org`
  ]
  for (const email of wrong) {
    const fault = { status: 400, body: { errors: [{ pointer: '/email', message: /mailbox|octets/ }] } }
    t.match(await service.post('/people', { role: 'agent', name: 'N', email }, admin), fault, email)
    t.match(await service.patch(path, { email }, '"1"', admin), fault, email)
  }
  t.match((await service.get(path)).body, { email: people.agent.email, version: 1 }, 'nothing was changed')
  await service.database.pool.query("update person set email = 'north,south@example.org' where id = $1", [
    people.agent.id
  ])
  t.match(
    await service.patch(path, { name: 'New' }, '"1"', admin),
    { status: 200 },
    'who has a wrong address from before can still be changed'
  )
})

void t.test('the time zone of a person', async (t) => {
  const service = await startPeople(t)
  const path = `/people/${people.agent.id}`
  const made = await service.post('/people', { role: 'agent', name: 'N', timeZone: 'Asia/Riyadh' }, admin)
  t.match(made, { status: 201, body: { timeZone: 'Asia/Riyadh' } })
  t.match(await service.post('/people', { role: 'agent', name: 'N' }, admin), { status: 201, body: { timeZone: null } })
  const traced = (await service.outbox()).map(({ data }) => data.person.timeZone)
  t.same(traced, ['Asia/Riyadh', null])
  for (const timeZone of ['UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+3']) {
    t.match(await service.post('/people', { role: 'agent', name: 'N', timeZone }, admin), {
      status: 201,
      body: { timeZone }
    })
  }
  for (const timeZone of ['Mars/Base', '+01:00', 'BST', '', 'Europe/Berlin ', 'Europe', 'x'.repeat(65)]) {
    const wanted = { status: 400, body: { errors: [{ pointer: '/timeZone', message: /IANA/ }] } }
    t.match(await service.post('/people', { role: 'agent', name: 'N', timeZone }, admin), wanted, timeZone)
  }
  const twice = { role: 'agent', name: 'N', timeZone: 'Mars/Base', managerId: unknown }
  const both = await service.post('/people', twice, admin)
  t.same(both.body.errors.map(({ pointer }: any) => pointer), ['/timeZone', '/managerId'], 'every fault is listed')
  const refused = await service.patch(path, { timeZone: 'Mars/Base' }, '"1"', admin)
  t.match(refused, { status: 400, body: { errors: [{ pointer: '/timeZone' }] } })
  const changed = await service.patch(path, { timeZone: 'Europe/Berlin' }, '"1"', admin)
  t.match(changed, { status: 200, body: { timeZone: 'Europe/Berlin', version: 2 } })
  t.match(
    await service.get(path, { as: 'customer' }),
    { status: 200, body: { timeZone: null } },
    'where staff are is not for customers'
  )
  t.match(await service.patch(path, { timeZone: null }, '"2"', admin), { status: 200, body: { timeZone: null } })
})

void t.test('getPerson', async (t) => {
  const service = await startPeople(t)
  const path = `/people/${people.agent.id}`
  t.match(await service.get(path), { status: 200, etag: '"1"', body: { name: 'Anna Agent', email: 'anna@acme.test' } })
  t.match(await service.get(path, { as: 'customer' }), {
    status: 200,
    body: { name: 'Support A', screenName: 'Support A', email: null, phone: null, managerId: null, level: null }
  }, 'customers see the screen name only')
  t.match(await service.get(`/people/${people.customer.id}`, { as: 'customer' }), {
    status: 200,
    body: { email: 'carla@example.org' }
  })
  t.match(await service.get(`/people/${people.outsider.id}`, { as: 'customer' }), { status: 404 })
  t.match(await service.get(path, { tenant: other }), { status: 404 })
  t.match(await service.get('/people/x'), { status: 400 })
  t.match(await service.get(path, { as: null }), { status: 401 })
  t.match(await service.get(path, { roles: ['operator'] }), { status: 403 })
})

void t.test('listPeople', async (t) => {
  const service = await startPeople(t)
  const names = async (query: string) =>
    (await service.get(`/people?${query}`)).body.items.map(({ name }: any) => name.split(' ')[0]).join()
  t.equal(await names(''), 'Ada,Anna,Ben,Carla,Mia,Sam')
  t.equal(await names('role=agent'), 'Anna,Ben')
  t.equal(await names('q=support'), 'Anna,Ben')
  t.equal(await names('q=ANNA@'), 'Anna')
  t.equal(await names('q=%25'), '', 'a wildcard is a letter')
  await service.patch(`/people/${people.agent.id}`, { managerId: people.manager.id }, '"1"', admin)
  t.equal(await names(`managerId=${people.manager.id}`), 'Anna')
  const first = await service.get('/people?limit=4')
  t.equal(await names(`limit=4&cursor=${first.body.nextCursor}`), 'Mia,Sam')
  t.match(await service.get('/people?limit=201'), { status: 400 })
  t.match(await service.get('/people?cursor=x'), { status: 400 })
  t.match(await service.get('/people', { as: null }), { status: 401 })
  t.match(await service.get('/people', { as: 'customer' }), { status: 403 })
  t.equal((await service.get('/people', { tenant: other })).body.items.length, 0)
})

void t.test('getMe', async (t) => {
  const service = await startPeople(t)
  t.match(await service.get('/me', { as: 'customer' }), {
    status: 200,
    body: { personId: people.customer.id, tenantId: 'acme', roles: ['customer'], person: { name: 'Carla Customer' } }
  })
  t.match(await service.get('/me', { as: 'agent', tenant: other, roles: ['operator'] }), {
    status: 200,
    body: { person: null, roles: ['operator'] }
  })
  t.match(await service.get('/me', { as: null }), { status: 401 })
  t.match(await service.get('/me', { roles: [] }), { status: 403 })
  t.match(await service.get('/me?x=1'), { status: 400 })
  const subject = await service.issuer.bearer({ tenant: 'acme', sub: 'auth0|not-a-uuid', roles: ['customer'] })
  t.match((await service.http.inject({ url: '/v1/me', headers: subject })).json(), {
    personId: 'auth0|not-a-uuid',
    person: null
  })
  const path = `/v1/people/${people.agent.id}`
  t.match((await service.http.inject({ url: path, headers: subject })).json(), { status: 403, code: 'person_unknown' })
})

void t.test('who is added with an external id has the id that follows from it', async (t) => {
  const { post, get } = await startPeople(t)
  const made = await post('/people', { role: 'agent', name: 'N', externalId: 'Resolver 9' }, admin)
  t.equal(made.body.id, idOfExternal(tenant, 'Resolver 9'))
  t.match((await get('/people?externalId=Resolver%209')).body.items, [{ id: made.body.id }])
  const named = await post('/people', { id: unknown, role: 'agent', name: 'N', externalId: 'Resolver 10' }, admin)
  t.equal(named.body.id, unknown, 'unless another was sent')
})

void t.test('languages are in order, and the first is that of texts', async (t) => {
  const { post, patch } = await startPeople(t)
  const add = async (fields: object) => await post('/people', { role: 'agent', name: 'N', ...fields }, admin)
  t.match((await add({})).body, { language: 'en', languages: ['en'] })
  t.match((await add({ language: 'ar' })).body, { language: 'ar', languages: ['ar'] })
  const { body: { id, ...both } } = await add({ languages: ['ar', 'en'] })
  t.match(both, { language: 'ar', languages: ['ar', 'en'] })
  t.same(faultsOf(await add({ language: 'en', languages: ['ar', 'en'] })), ['/language must be the first of languages'])
  for (const languages of [[], ['ar', 'ar'], ['xx']]) t.equal((await add({ languages })).status, 400)
  const path = `/people/${id}`
  t.match((await patch(path, { language: 'en' }, '"1"', admin)).body, { language: 'en', languages: ['en', 'ar'] })
  t.match(await patch(path, { language: 'en' }, '"2"', admin), { etag: '"2"' }, 'no change')
  t.match((await patch(path, { languages: ['ar'] }, '"2"', admin)).body, { language: 'ar', languages: ['ar'] })
})

void t.test('a phone number and a calendar; a calendar that is not there is refused', async (t) => {
  const { post, patch, calendar, ids } = await startPeople(t)
  const calendarId = await calendar()
  const body = { role: 'agent', name: 'N', phone: '+966 11 123 4567', calendarId }
  const made = await post('/people', body, admin)
  t.match(made, { status: 201, body })
  const path = `/people/${made.body.id}`
  for (const wrong of [ids.next(), await calendar(other)]) {
    const fault = ['/calendarId no such calendar']
    t.same(faultsOf(await post('/people', { ...body, calendarId: wrong }, admin)), fault)
    t.same(faultsOf(await patch(path, { calendarId: wrong }, '"1"', admin)), fault)
  }
  t.match(await patch(path, { calendarId, phone: null }, '"1"', admin), { status: 200, body: { phone: null } })
  t.match(await patch(path, { phone: 'two\nlines' }, '"2"', admin), { status: 400 })
})

void t.test('nobody who is renamed is missed by who pages, and cursors that no page gave are refused', async (t) => {
  const { get, patch } = await startPeople(t)
  const whole = (await get('/people', admin)).body.items.map(({ id }: any) => id)
  const seen = new Set<string>()
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: any = await get(`/people?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`, admin)
    for (const { id } of body.items) seen.add(id)
    if (cursor === '') await patch(`/people/${people.outsider.id}`, { name: 'Aaron' }, '"1"', admin)
    cursor = body.nextCursor
  }
  t.same([...seen].sort(), [...whole].sort())
  t.match((await get(`/people/${people.outsider.id}`)).body, { name: 'Aaron' })
  const [id, odd] = [unknown, { to: 5, open: [3] }]
  const positions = [
    { name: 'A', id },
    { seen: odd, after: { name: '\u0000', id } },
    { seen: odd, after: { name: 'A', id: '-'.repeat(36) } }
  ]
  for (const position of positions) t.equal((await get(`/people?cursor=${encodeCursor(position)}`, admin)).status, 400)
})
