import t from 'tap'
import { harness } from './harness.ts'

const ticket = { type: 'complaint', priority: 'P1', severity: 'high' }

t.test('resolve explains every row and what wins', async (t) => {
  const { call } = await harness(t)
  const productId = (await call('POST', '/products', { body: { name: 'P' } })).body.id as string
  const moduleId = (await call('POST', '/modules', { body: { productId, name: 'M' } })).body.id as string
  const { body: { id: calendarId } } = await call('POST', '/calendars', {
    body: { name: 'C', spec: { timezone: 'UTC', weekly: {} } }
  })
  const add = async (body: object) =>
    (await call('POST', '/sla-rows', { body: { name: 'row', targets: { resolution: 'PT1H' }, ...body } })).body
      .id as string
  const byPriority = await add({ priority: 'P1', rank: 100 })
  const byProduct = await add({ productId, calendarId })
  const phoneOnly = await add({
    productId,
    when: { field: 'ticket.channel', op: 'eq', value: 'phone' },
    validFrom: '2020-01-01T00:00:00Z'
  })
  await add({ kind: 'ola' })
  const resolve = async (body: object) => await call('POST', '/agreements/resolve', { as: 'agent', body })
  t.match((await resolve({ ticket })).body, {
    policyVersion: 0,
    origin: 'built_in',
    rowId: null,
    tried: [],
    terms: { targets: { resolution: 'PT24H' } }
  }, 'nothing is published yet')
  t.match((await resolve({ ticket, draft: true })).body, { policyVersion: 1, rowId: byPriority })
  await call('POST', '/policy-versions', { body: { effect: 'new_tickets' } })
  const { status, body } = await resolve({ ticket: { ...ticket, moduleId, channel: 'email' } })
  t.equal(status, 200)
  t.match(body, {
    kind: 'sla',
    policyVersion: 1,
    origin: 'row',
    rowId: byProduct,
    ticket: { productId, moduleId, questionId: null },
    terms: {
      calendarId,
      calendarVersion: 1,
      targets: { resolution: 'PT1H' },
      reopen: 'continue',
      effect: 'retroactive'
    }
  })
  t.match(body.tried, [
    {
      rowId: phoneOnly,
      specificity: 12,
      matches: false,
      won: false,
      criteria: [{ criterion: 'product', wanted: productId, found: productId, met: true }, {
        criterion: 'when',
        met: false
      }, {
        criterion: 'validity',
        wanted: { from: '2020-01-01T00:00:00.000000Z', to: null },
        found: '2026-03-02T08:00:00.000000Z',
        met: true
      }]
    },
    { rowId: byProduct, specificity: 8, matches: true, won: true },
    {
      rowId: byPriority,
      specificity: 1,
      rank: 100,
      matches: true,
      won: false,
      criteria: [{ criterion: 'priority', wanted: 'P1', found: 'P1', met: true }]
    }
  ])
  t.match((await resolve({ ticket: { ...ticket, productId, channel: 'phone' }, at: '2019-12-31T23:59:59Z' })).body, {
    rowId: byProduct
  })
  t.match((await resolve({ ticket: { ...ticket, productId, channel: 'phone' }, at: '2020-01-01T00:00:00Z' })).body, {
    rowId: phoneOnly
  })
  t.match((await resolve({ ticket, kind: 'underpinning' })).body, {
    origin: null,
    rowId: null,
    terms: null,
    reason: /No row of this kind/
  })
  t.match((await resolve({ ticket: { ...ticket, type: 'appreciation' } })).body, {
    origin: null,
    terms: null,
    reason: 'An appreciation has no agreement.'
  })
})

t.test("the tenant's defaults come before the built-in ones", async (t) => {
  const { call } = await harness(t)
  await call('PUT', '/sla-policy-settings', {
    body: { forbidOverlap: false, defaults: { P1: { targets: { resolution: 'PT5H' }, calendarId: null } } },
    ifMatch: '"0"'
  })
  await call('POST', '/policy-versions', { body: { effect: 'new_tickets' } })
  const resolve = async (priority: string) =>
    (await call('POST', '/agreements/resolve', { body: { ticket: { ...ticket, priority } } })).body
  t.match(await resolve('P1'), {
    origin: 'tenant_default',
    rowName: 'Default P1',
    terms: { targets: { resolution: 'PT5H' }, reminders: [{ percent: 75 }, { percent: 90, urgent: true }] }
  })
  t.match(await resolve('P3'), {
    origin: 'built_in',
    terms: { targets: { first_response: 'PT24H', resolution: 'PT72H' } }
  })
})

t.test('what a ticket is said to be about must be in the catalogue', async (t) => {
  const { call } = await harness(t)
  const productId = (await call('POST', '/products', { body: { name: 'P' } })).body.id as string
  const otherId = (await call('POST', '/products', { body: { name: 'Q' } })).body.id as string
  const moduleId = (await call('POST', '/modules', { body: { productId, name: 'M' } })).body.id as string
  const nowhere = '01990000-0000-7000-8000-0000000000ff'
  const { status, body } = await call('POST', '/agreements/resolve', {
    body: { ticket: { ...ticket, productId: otherId, moduleId, questionId: nowhere } }
  })
  t.equal(status, 400)
  t.match(body, {
    code: 'validation_failed',
    errors: [{ pointer: '/ticket/moduleId', message: /another product/ }, {
      pointer: '/ticket/questionId',
      message: /no such question/
    }]
  })
})

t.test('a wrong question is refused with every fault', async (t) => {
  const { call } = await harness(t)
  const { status, body } = await call('POST', '/agreements/resolve', {
    body: { ticket: { type: 'rant', priority: 'P1', productId: 'x' }, at: 'now', mood: 1 }
  })
  t.equal(status, 400)
  t.same(body.errors.map((error: { pointer: string }) => error.pointer).sort(), [
    '/at',
    '/mood',
    '/ticket/productId',
    '/ticket/type'
  ])
  t.match(await call('POST', '/agreements/resolve', { body: { ticket, at: '2026-02-30T00:00:00Z' } }), {
    status: 400,
    body: { errors: [{ pointer: '/at' }] }
  })
})
