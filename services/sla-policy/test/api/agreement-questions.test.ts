// The promise before the ticket: what is left out, what answers set, when it would be due, and what customers may ask.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { agentId, harness, person, unknownId, type Call, type Harness } from './harness.ts'

const versionId = '01900000-0000-7000-8000-00000000e001'
const version = {
  id: versionId,
  questionnaire: {
    format: 'dueline.questionnaire.v1',
    name: 'outage',
    languages: [{ tag: 'en' }],
    lists: {},
    items: [{ kind: 'integer', name: 'users', label: { en: 'How many?' }, min: 1 }]
  },
  rules: [{ when: 'users > 100', set: { priority: 'P0', severity: 'critical' } }]
}

/** Stands in the place of the template service, which has one template for every question. */
async function templateService () {
  const server = createServer(({ url = '' }, response) => {
    const id = url.split('/')[3]
    const body = url.endsWith('/template') ? { id, templateVersionId: versionId } : version
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const templateUrl = await templateService()
const asking = ({ call }: Harness) => async (body: object, as: Call['as'] = 'agent') =>
  await call('POST', '/agreements/resolve', { as, body })

/** The rows of a table are published: one for what is usual, one for a customer, one for what is urgent. */
async function published ({ call, people }: Harness) {
  await people(person({ id: agentId }))
  const { body: { id: calendarId } } = await call('POST', '/calendars', {
    body: { name: 'Mondays', spec: { timezone: 'UTC', weekly: { mon: [['09:00', '17:00']] } } }
  })
  const add = async (body: object) =>
    (await call('POST', '/sla-rows', { body: { targets: { resolution: 'PT1H' }, ...body } })).body.id as string
  const usual = await add({
    name: 'usual',
    priority: 'P2',
    severity: 'medium',
    when: { field: 'ticket.channel', op: 'eq', value: 'api' },
    targets: { first_response: 'PT1H', resolution: 'PT9H' },
    calendarId
  })
  const urgent = await add({ name: 'urgent', priority: 'P0', severity: 'critical' })
  const own = await add({ name: 'own', customerId: agentId, priority: 'P1' })
  const internal = await add({ name: 'internal', kind: 'ola' })
  t.equal((await call('POST', '/policy-versions', { body: { effect: 'new_tickets' } })).status, 201)
  return { calendarId, usual, urgent, own, internal }
}

t.test('what is left out is as in a new ticket, and it says when that is due', async (t) => {
  const h = await harness(t)
  const { usual } = await published(h)
  const { status, body } = await asking(h)({ ticket: {} })
  t.equal(status, 200)
  t.match(body, { rowId: usual, ticket: { type: 'request', priority: 'P2', severity: 'medium' } })
  t.same(body.dueAt, { first_response: '2026-03-02T10:00:00.000000Z', resolution: '2026-03-09T10:00:00.000000Z' })
  const later = await asking(h)({ ticket: {}, at: '2026-03-02T16:30:00Z' })
  t.match(later.body.dueAt, { first_response: '2026-03-09T09:30:00.000000Z' }, 'in open time, from the instant given')
  const around = await asking(h)({ ticket: { priority: 'P0', severity: 'critical' } })
  t.same(around.body.dueAt, { resolution: '2026-03-02T09:00:00.000000Z' }, 'without a calendar around the clock')
  t.match(await asking(h)({ ticket: { channel: null } }), { body: { origin: 'built_in' } }, 'null is not left out')
  t.match(await asking(h)({ ticket: { type: 'appreciation' } }), { body: { terms: null, dueAt: null } })
  t.match(await asking(h)({ ticket: { priority: 'P9' } }), {
    status: 400,
    body: { errors: [{ pointer: '/ticket/priority' }] }
  })
})

t.test('a calendar that is never open makes nothing due', async (t) => {
  const h = await harness(t)
  const { body: { id: calendarId } } = await h.call('POST', '/calendars', {
    body: { name: 'Never', spec: { timezone: 'UTC', weekly: {} } }
  })
  await h.call('POST', '/sla-rows', { body: { name: 'never', targets: { resolution: 'PT1H' }, calendarId } })
  t.same((await asking(h)({ ticket: {}, draft: true })).body.dueAt, { resolution: null })
})

t.test('answers set priority and severity, and the answer says so', async (t) => {
  const h = await harness(t, { templateUrl })
  const { urgent, usual } = await published(h)
  const { call } = h
  const productId = (await call('POST', '/products', { body: { name: 'Network' } })).body.id
  const moduleId = (await call('POST', '/modules', { body: { productId, name: 'WLAN' } })).body.id
  const questionId = (await call('POST', '/questions', { body: { moduleId, name: 'Down' } })).body.id
  for (const as of ['agent', 'customer'] as const) {
    const many = await asking(h)({ ticket: { questionId }, answers: { users: 250 } }, as)
    t.match(many.body, {
      rowId: as === 'agent' ? urgent : null,
      ticket: { type: 'request', priority: 'P0', severity: 'critical', questionId, moduleId, productId },
      dueAt: { resolution: '2026-03-02T09:00:00.000000Z' }
    })
    const few = await asking(h)({ ticket: { questionId }, answers: { users: 2 } }, as)
    t.match(few.body, { rowId: as === 'agent' ? usual : null, ticket: { priority: 'P2', severity: 'medium' } })
    t.match(await asking(h)({ ticket: { questionId }, answers: { users: 0 } }, as), {
      status: 400,
      body: { errors: [{ pointer: '/answers/users' }] }
    })
  }
})

t.test('customers ask for themselves, and see nothing of the staff', async (t) => {
  const h = await harness(t)
  const { own } = await published(h)
  const ask = async (body: object) => await asking(h)(body, 'customer')
  const ticket = { priority: 'P1' }
  const { status, body } = await ask({ ticket })
  t.equal(status, 200)
  t.match(body, {
    kind: 'sla',
    origin: 'row',
    rowId: null,
    rowName: null,
    terms: { targets: { resolution: 'PT1H' }, reminders: [], escalationPolicyId: null },
    dueAt: { resolution: '2026-03-02T09:00:00.000000Z' }
  })
  t.same([body.tried, body.terms.reminders], [[], []])
  t.match((await ask({ ticket: { ...ticket, customerId: agentId } })).body, { origin: 'row' }, 'by name, too')
  t.match((await asking(h)({ ticket: { ...ticket, customerId: agentId } })).body, { rowId: own })
  t.match((await asking(h)({ ticket })).body, { origin: 'built_in' }, 'staff asks for nobody, where it names nobody')
  const refused = await ask({ ticket: { ...ticket, customerId: unknownId }, kind: 'ola', draft: true })
  t.equal(refused.status, 400)
  t.same(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer), [
    '/ticket/customerId',
    '/kind',
    '/draft'
  ])
  t.equal((await asking(h)({ ticket, kind: 'ola', draft: true })).status, 200)
})
