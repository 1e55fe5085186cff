import { formatInstant } from '@dueline/business-time'
import type { TicketSnapshot } from '@dueline/contracts'
import t from 'tap'
import {
  customerId,
  fact,
  harness,
  otherTenant,
  person,
  snapshot,
  start,
  tenant,
  ticketId,
  type Harness
} from './harness.ts'

const minute = 60_000_000
const published = async ({ call }: Harness, rows: object[], effect = 'new_tickets') => {
  for (const row of rows) {
    await call(
      'POST',
      '/sla-rows',
      { body: { name: 'row', targets: { resolution: 'PT1H' }, ...row } }
    )
  }
  return (await call('POST', '/policy-versions', { body: { effect } })).body.version as number
}
const kinds = (events: Array<{ type: string }>) => events.map(({ type }) => type.replace('dueline.agreement.', ''))

t.test('a created ticket gets the built-in terms of its priority', async (t) => {
  const { facts, drain, call } = await harness(t)
  await facts(fact('created', snapshot()))
  const [event, ...others] = await drain()
  t.equal(others.length, 0)
  t.match(event, {
    type: 'dueline.agreement.made.v1',
    partitionkey: ticketId,
    data: {
      agreement: {
        kind: 'sla',
        version: 1,
        ticketVersion: 1,
        origin: 'built_in',
        rowId: null,
        policyVersion: 0,
        calendarId: null,
        calendarVersion: 0,
        targets: { first_response: 'PT8H', resolution: 'PT48H' },
        reminders: [
          { percent: 75 },
          { percent: 90, urgent: true }
        ],
        reopen: 'continue',
        nextResponse: 'after_first',
        effect: 'retroactive',
        madeAt: formatInstant(start)
      },
      ticket: { id: ticketId, number: 'T-1', priority: 'P2' }
    }
  })
  t.match(
    await call('GET', `/agreements?ticketId=${ticketId}`),
    { status: 200, body: { items: [{ version: 1, origin: 'built_in', endedAt: null }], nextCursor: null } }
  )
})

t.test('a row says when a next response is owed, and its agreements repeat it', async (t) => {
  const h = await harness(t)
  await published(h, [{ priority: 'P2', nextResponse: 'always' }, { priority: 'P1' }])
  await h.drain()
  await h.facts(fact('created', snapshot()))
  t.match(await h.drain(), [{ data: { agreement: { nextResponse: 'always' } } }])
  await h.facts(fact('updated', snapshot({ version: 2, priority: 'P1' })))
  t.match(await h.drain(), [{ data: { agreement: { nextResponse: 'after_first' } } }])
  const { body } = await h.call('POST', '/sla-rows', {
    body: { name: 'R', targets: { resolution: 'PT1H' }, nextResponse: 'never' }
  })
  t.match(body, { status: 400, errors: [{ pointer: '/nextResponse' }] })
})

t.test('the most specific published row wins, per kind, with the newest calendar', async (t) => {
  const h = await harness(t)
  await h.people(person())
  const { body: { id: calendarId } } = await h.call(
    'POST',
    '/calendars',
    { body: { name: 'C', spec: { timezone: 'UTC', weekly: { mon: [['08:00', '16:00']] } } } }
  )
  await h.call(
    'POST',
    `/calendars/${calendarId}/versions`,
    { body: { spec: { timezone: 'UTC', weekly: { tue: [['08:00', '16:00']] } } } }
  )
  await published(
    h,
    [
      { priority: 'P2' },
      { customerId, calendarId, targets: { resolution: 'PT90M' }, escalationPolicyId: ticketId },
      { kind: 'ola', severity: 'medium' },
      { kind: 'underpinning', severity: 'low' }
    ]
  )
  await h.drain()
  await h.facts(fact('created', snapshot()))
  const events = await h.drain()
  t.match(events.map(({ data }) => data.agreement), [
    {
      kind: 'sla',
      origin: 'row',
      policyVersion: 1,
      calendarId,
      calendarVersion: 2,
      targets: { resolution: 'PT1H30M' },
      escalationPolicyId: ticketId
    },
    { kind: 'ola', origin: 'row', policyVersion: 1, calendarId: null, calendarVersion: 0 }
  ])
})

t.test('rows are without effect until they are published', async (t) => {
  const h = await harness(t)
  await h.call('POST', '/sla-rows', { body: { name: 'draft', targets: { resolution: 'PT1H' } } })
  await h.facts(fact('created', snapshot()))
  t.match(await h.drain(), [{ data: { agreement: { origin: 'built_in' } } }])
})

t.test('a changed priority changes the agreement; other facts do not', async (t) => {
  const { facts, drain, call } = await harness(t)
  await facts(fact('created', snapshot()))
  const [made] = await drain()
  await facts(
    fact('message-added', snapshot({ version: 2 })),
    fact('assigned', snapshot({ version: 3, assigneeId: customerId })),
    fact('status-changed', snapshot({ version: 4, status: 'open' }))
  )
  t.same(await drain(), [])
  await facts(fact('updated', snapshot({ version: 5, status: 'open', priority: 'P0' }), { at: start + 5 * minute }))
  const events = await drain()
  t.match(events, [{
    type: 'dueline.agreement.changed.v1',
    time: formatInstant(start + 5 * minute),
    data: {
      previousAgreementId: made!.data.agreement.id,
      agreement: {
        version: 2,
        ticketVersion: 5,
        targets: { resolution: 'PT4H' },
        madeAt: formatInstant(start + 5 * minute)
      },
      ticket: { priority: 'P0', status: 'open' }
    }
  }])
  t.match(
    (await call('GET', `/agreements?ticketId=${ticketId}`)).body.items,
    [
      { version: 2, endedAt: null, endedBy: null },
      { version: 1, endedAt: formatInstant(start + 5 * minute), endedBy: 'changed' }
    ]
  )
  await facts(fact('updated', snapshot({ version: 6, priority: 'P0', severity: 'critical' })))
  t.same(await drain(), [], 'another severity with the same agreement is not announced')
})

t.test('an appreciation has no agreement, whenever it becomes one or ceases to be', async (t) => {
  const { facts, drain } = await harness(t)
  await facts(fact('created', snapshot({ type: 'appreciation' })))
  t.same(await drain(), [])
  await facts(fact('updated', snapshot({ version: 2, type: 'complaint' }), { at: start + minute }))
  t.match(
    await drain(),
    [{ type: 'dueline.agreement.made.v1', data: { agreement: { version: 1, madeAt: formatInstant(start + minute) } } }]
  )
  await facts(fact('updated', snapshot({ version: 3, type: 'appreciation' })))
  t.match(
    await drain(),
    [
      {
        type: 'dueline.agreement.withdrawn.v1',
        data: { ticketId, kind: 'sla', version: 2, ticketVersion: 3, reason: 'an appreciation has no agreement' }
      }
    ]
  )
  await facts(fact('updated', snapshot({ version: 4, type: 'request' })))
  t.match(await drain(), [{ type: 'dueline.agreement.made.v1', data: { agreement: { version: 3, ticketVersion: 4 } } }])
})

t.test('repeated, late and reordered facts end in the same agreements', async (t) => {
  const { facts, drain, call } = await harness(t)
  const created = fact('created', snapshot())
  const updated = fact('updated', snapshot({ version: 2, priority: 'P1' }), { at: start + minute })
  await facts(updated)
  t.match(
    await drain(),
    [
      {
        data: {
          agreement: { version: 1, ticketVersion: 2, targets: { resolution: 'PT24H' }, madeAt: formatInstant(start) }
        }
      }
    ]
  )
  await facts(created)
  t.match(await drain(), [
    {
      type: 'dueline.agreement.changed.v1',
      data: {
        agreement: { version: 2, ticketVersion: 1, targets: { resolution: 'PT48H' }, madeAt: formatInstant(start) },
        supersedes: []
      }
    },
    {
      type: 'dueline.agreement.changed.v1',
      data: {
        agreement: {
          version: 3,
          ticketVersion: 2,
          targets: { resolution: 'PT24H' },
          madeAt: formatInstant(start + minute)
        },
        supersedes: [1]
      }
    }
  ])
  await facts(created, updated)
  await facts(updated)
  t.same(await drain(), [])
  t.match((await call('GET', `/agreements?ticketId=${ticketId}`)).body.items, [
    { ticketVersion: 2, endedAt: null },
    {
      ticketVersion: 1,
      madeAt: formatInstant(start),
      endedAt: formatInstant(start + minute),
      endedBy: 'changed'
    }
  ])
  t.equal(
    (await call('GET', `/agreements?ticketId=${ticketId}`)).body.items.length,
    2,
    'what a late fact disproved is not listed'
  )
})

t.test('a batch says all that was agreed, not only what holds in the end', async (t) => {
  const { facts, drain } = await harness(t)
  const other = (partial: Partial<TicketSnapshot>) => snapshot({ id: customerId, number: 'T-2', ...partial })
  await facts(
    fact('created', snapshot()),
    fact('created', other({}), { of: otherTenant }),
    fact(
      'updated',
      snapshot({ version: 2, priority: 'P0' }),
      { at: start + minute }
    ),
    fact(
      'message-added',
      snapshot({ version: 3, priority: 'P0' }),
      { at: start + 2 * minute }
    ),
    fact('message-added', other({ version: 2 }), { of: otherTenant, at: start + minute })
  )
  t.match(await drain(), [
    {
      tenantid: tenant,
      data: {
        agreement: { version: 1, ticketVersion: 1, targets: { resolution: 'PT48H' }, madeAt: formatInstant(start) }
      }
    },
    {
      tenantid: tenant,
      data: {
        agreement: {
          version: 2,
          ticketVersion: 2,
          targets: { resolution: 'PT4H' },
          madeAt: formatInstant(start + minute)
        },
        ticket: { priority: 'P0' }
      }
    },
    { tenantid: otherTenant, data: { agreement: { version: 1, ticketVersion: 1 } } }
  ])
  await facts(
    fact('updated', snapshot({ version: 4, priority: 'P3' }), { at: start + 3 * minute }),
    fact(
      'message-added',
      snapshot({ version: 5, priority: 'P3' }),
      { at: start + 4 * minute }
    ),
    fact('updated', snapshot({ version: 6, priority: 'P0' }), { at: start + 5 * minute }),
    fact(
      'updated',
      snapshot({ version: 7, priority: 'P3' }),
      { at: start + 6 * minute }
    )
  )
  t.match((await drain()).map(({ data: { agreement } }) => agreement), [
    {
      version: 3,
      ticketVersion: 4,
      madeAt: formatInstant(start + 3 * minute)
    },
    { version: 4, ticketVersion: 6, targets: { resolution: 'PT4H' } },
    { version: 5, ticketVersion: 7 }
  ])
})

t.test('imported history stays history', async (t) => {
  const { facts, drain } = await harness(t)
  const long = start - 1_000_000 * minute
  await facts(
    fact('created', snapshot({ importing: true, createdAt: formatInstant(long) }), { at: long, historical: true })
  )
  t.match(await drain(), [{ historical: true, time: formatInstant(long) }])
})

t.test('a ticket stays under the policy version of its agreement', async (t) => {
  const h = await harness(t)
  await published(
    h,
    [{ priority: 'P2', targets: { resolution: 'PT1H' } }, { priority: 'P1', targets: { resolution: 'PT2H' } }]
  )
  await h.facts(fact('created', snapshot()))
  const rows = (await h.call('GET', '/sla-rows')).body.items
  for (const { id } of rows) {
    await h.call(
      'PATCH',
      `/sla-rows/${id}`,
      { ifMatch: '"1"', body: { targets: { resolution: 'PT9H' } } }
    )
  }
  t.equal(await published(h, []), 2)
  await h.drain()
  await h.facts(fact('updated', snapshot({ version: 2, priority: 'P1' })))
  t.match(await h.drain(), [{ data: { agreement: { policyVersion: 1, targets: { resolution: 'PT2H' } } } }])
  await h.facts(fact('created', snapshot({ id: customerId })))
  t.match(await h.drain(), [{ data: { agreement: { policyVersion: 2, targets: { resolution: 'PT9H' } } } }])
})

t.test('a row that wins by a change of the ticket says how it applies', async (t) => {
  const h = await harness(t)
  await published(h, [{ priority: 'P0', effect: 'from_now' }])
  await h.facts(fact('created', snapshot()))
  await h.drain()
  await h.facts(fact('updated', snapshot({ version: 2, priority: 'P0' })))
  t.match(await h.drain(), [{ data: { agreement: { effect: 'from_now' } } }])
})

t.test('a row of a product covers tickets that name only its module or question', async (t) => {
  const h = await harness(t)
  const productId = (await h.call('POST', '/products', { body: { name: 'P' } })).body.id
  const moduleId = (await h.call('POST', '/modules', { body: { productId, name: 'M' } })).body.id
  const questionId = (await h.call('POST', '/questions', { body: { moduleId, name: 'Q' } })).body.id
  await published(h, [{ productId }, { moduleId, targets: { resolution: 'PT2H' } }])
  await h.drain()
  await h.facts(fact('created', snapshot({ questionId })))
  await h.facts(fact('created', snapshot({ id: customerId, productId })))
  t.match(
    await h.drain(),
    [
      { data: { agreement: { origin: 'row', targets: { resolution: 'PT2H' } } } },
      { data: { agreement: { origin: 'row', targets: { resolution: 'PT1H' } } } }
    ]
  )
})

t.test("validity is asked at the ticket's creation", async (t) => {
  const h = await harness(t)
  await published(h, [{ validTo: formatInstant(start + minute) }])
  await h.drain()
  await h.facts(fact('created', snapshot()))
  await h.facts(
    fact('created', snapshot({ id: customerId, createdAt: formatInstant(start + minute) }), { at: start + minute })
  )
  t.match(
    await h.drain(),
    [{ data: { agreement: { origin: 'row' } } }, { data: { agreement: { origin: 'built_in' } } }]
  )
  await h.facts(fact('updated', snapshot({ version: 2, severity: 'high' }), { at: start + 60 * minute }))
  t.same(await h.drain(), [])
})

t.test('tenants do not meet', async (t) => {
  const h = await harness(t)
  await published(h, [{ targets: { resolution: 'PT7H' } }])
  await h.drain()
  await h.facts(fact('created', snapshot(), { of: otherTenant }))
  t.match(await h.drain(), [{ tenantid: otherTenant, data: { agreement: { origin: 'built_in' } } }])
  t.same((await h.call('GET', `/agreements?ticketId=${ticketId}`)).body, { items: [], nextCursor: null })
  t.equal(kinds(await h.drain()).length, 0)
})

t.test('agreements are listed in pages', async (t) => {
  const { facts, call } = await harness(t)
  for (const [index, priority] of (['P0', 'P1', 'P2'] as const).entries()) {
    await facts(
      fact(index === 0 ? 'created' : 'updated', snapshot({ version: index + 1, priority }))
    )
  }
  const page = (await call('GET', `/agreements?ticketId=${ticketId}&limit=2`, { as: 'agent' })).body
  t.match(page.items, [{ version: 3 }, { version: 2 }])
  t.match(
    (await call('GET', `/agreements?ticketId=${ticketId}&limit=2&cursor=${page.nextCursor}`)).body,
    { items: [{ version: 1 }], nextCursor: null }
  )
  const beyond = Buffer.from('{"kind":"sla","version":1e300}').toString('base64url')
  t.equal(
    (await call('GET', `/agreements?ticketId=${ticketId}&cursor=${beyond}`)).status,
    400,
    'a version that no list has'
  )
  t.match(await call('GET', '/agreements'), { status: 400, body: { errors: [{ in: 'query', pointer: '/ticketId' }] } })
})
