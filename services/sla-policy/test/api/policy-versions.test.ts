import { formatInstant } from '@dueline/business-time'
import { eventually } from '@dueline/testkit'
import t from 'tap'
import { agentId, fact, harness, otherTenant, snapshot, start, tenant, ticketId, type Harness } from './harness.ts'

const minute = 60_000_000
const idOf = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`
const row = async ({ call }: Harness, body: object = {}) =>
  (
    await call('POST', '/sla-rows', { body: { name: 'row', targets: { resolution: 'PT1H' }, ...body } })
  ).body.id as string
const publish = async ({ call }: Harness, effect: string, note?: string | null) =>
  await call(
    'POST',
    '/policy-versions',
    { body: { effect, ...(note === undefined ? {} : { note }) } }
  )

t.test('publishing copies the active rows and the defaults into an immutable version', async (t) => {
  const h = await harness(t)
  const id = await row(h, { priority: 'P1' })
  await row(h, { active: false })
  await h.call(
    'PUT',
    '/sla-policy-settings',
    {
      body: { forbidOverlap: false, defaults: { P0: { targets: { resolution: 'PT3H' }, calendarId: null } } },
      ifMatch: '"0"'
    }
  )
  const made = await publish(h, 'new_tickets', 'first')
  t.match(made, {
    status: 201,
    body: {
      version: 1,
      effect: 'new_tickets',
      note: 'first',
      rowCount: 1,
      defaults: { P0: { targets: { resolution: 'PT3H' } }, P1: null },
      publishedAt: formatInstant(start),
      publishedBy: agentId,
      reresolution: null
    }
  })
  t.match(
    await h.drain(),
    [
      {
        type: 'dueline.policy.published.v1',
        subject: `policy/${tenant}`,
        partitionkey: tenant,
        data: { version: 1, effect: 'new_tickets', rowCount: 1 }
      }
    ]
  )
  await h.call('PATCH', `/sla-rows/${id}`, { ifMatch: '"1"', body: { name: 'renamed' } })
  t.match(
    await publish(h, 'retroactive'),
    { status: 201, body: { version: 2, note: null, reresolution: { state: 'running', checked: 0 } } }
  )
  const first = (await h.call('GET', '/policy-versions/1', { as: 'agent' })).body
  t.match(
    first,
    { version: 1, rowCount: 1, rows: [{ id, name: 'row', priority: 'P1', productId: null, validTo: null }] }
  )
  t.equal(first.rows[0].active, undefined)
  const page = (await h.call('GET', '/policy-versions?limit=1')).body
  t.match(page.items, [{ version: 2 }])
  t.match(
    (await h.call('GET', `/policy-versions?limit=1&cursor=${page.nextCursor}`)).body,
    { items: [{ version: 1 }], nextCursor: null }
  )
  t.equal(
    (await h.call('GET', `/policy-versions?cursor=${Buffer.from('{"version":1e300}').toString('base64url')}`)).status,
    400,
    'a version that no list has'
  )
  t.equal((await h.call('GET', '/policy-versions/1', { tenant: otherTenant })).status, 404)
  t.match(
    await h.call('POST', '/policy-versions', { body: { effect: 'maybe', when: 1 } }),
    { status: 400, body: { errors: [{ pointer: '/when' }, { pointer: '/effect' }] } }
  )
  t.equal((await h.call('GET', '/policy-versions/zero')).status, 400)
})

t.test('publishing at the same time counts on without gaps; a repeated key publishes once', async (t) => {
  const h = await harness(t)
  await row(h)
  const versions = await Promise.all([1, 2, 3, 4, 5].map(async () => (await publish(h, 'new_tickets')).body.version))
  t.same(versions.sort(), [1, 2, 3, 4, 5])
  const keyed = async (effect: string) => await h.call('POST', '/policy-versions', { body: { effect }, key: 'once' })
  t.equal((await keyed('new_tickets')).body.version, 6)
  t.equal((await keyed('new_tickets')).body.version, 6)
  t.equal((await keyed('retroactive')).status, 409)
})

for (const effect of ['from_now', 'retroactive'] as const) {
  t.test(`${effect}: open tickets are brought under the version, agreements that differ are announced`, async (t) => {
    const h = await harness(t)
    await h.facts(
      fact('created', snapshot()),
      fact('created', snapshot({ id: idOf(2), priority: 'P0' })),
      fact(
        'created',
        snapshot({ id: idOf(3), status: 'closed' })
      ),
      fact(
        'created',
        snapshot({ id: idOf(4), type: 'appreciation' })
      ),
      fact('created', snapshot({ id: idOf(5) }), { of: otherTenant })
    )
    await row(h, { priority: 'P2' })
    await h.drain()
    h.clock.advance(10 * minute)
    await publish(h, effect)
    await h.drain()
    t.equal(await h.reresolve(), 1)
    t.match(await h.drain(), [{
      type: 'dueline.agreement.changed.v1',
      time: formatInstant(start + 10 * minute),
      data: {
        agreement: {
          ticketId,
          version: 2,
          ticketVersion: 1,
          policyVersion: 1,
          effect,
          origin: 'row',
          madeAt: formatInstant(start + 10 * minute)
        }
      }
    }])
    t.match((await h.call('GET', '/policy-versions/1')).body.reresolution, { state: 'done', checked: 3, moved: 1 })
    t.equal(await h.reresolve(), 0)
    await h.facts(fact('updated', snapshot({ id: idOf(2), version: 2, priority: 'P2' }), { at: start + 20 * minute }))
    t.match(
      await h.drain(),
      [{ data: { agreement: { policyVersion: 1, origin: 'row' } } }],
      'a ticket whose agreement stayed is under the version all the same'
    )
  })
}

t.test('new_tickets touches no open ticket', async (t) => {
  const h = await harness(t)
  await h.facts(fact('created', snapshot()))
  await row(h)
  await publish(h, 'new_tickets')
  await h.drain()
  t.equal(await h.reresolve(), 0)
  t.same(await h.drain(), [])
})

t.test('a new version of a calendar reaches open tickets with the next publish', async (t) => {
  const h = await harness(t)
  const spec = { timezone: 'UTC', weekly: { mon: [['08:00', '16:00']] } }
  const { body: { id: calendarId } } = await h.call('POST', '/calendars', { body: { name: 'C', spec } })
  await row(h, { calendarId })
  await publish(h, 'new_tickets')
  await h.facts(fact('created', snapshot()))
  await h.call('POST', `/calendars/${calendarId}/versions`, { body: { spec } })
  await h.drain()
  await h.facts(fact('updated', snapshot({ version: 2, severity: 'high' })))
  t.same(await h.drain(), [], 'not by a fact alone')
  await publish(h, 'retroactive')
  await h.drain()
  await h.reresolve()
  t.match(
    await h.drain(),
    [
      {
        type: 'dueline.agreement.changed.v1',
        data: { agreement: { calendarId, calendarVersion: 2, policyVersion: 2 } }
      }
    ]
  )
})

t.test('several publishes and many tickets are worked off in order, in batches', async (t) => {
  const h = await harness(t)
  await h.facts(...Array.from({ length: 450 }, (_, index) => fact('created', snapshot({ id: idOf(index + 1) }))))
  const id = await row(h)
  await publish(h, 'retroactive')
  await h.call('PATCH', `/sla-rows/${id}`, { ifMatch: '"1"', body: { targets: { resolution: 'PT2H' } } })
  await publish(h, 'from_now')
  await h.drain()
  t.equal(await h.reresolve(), 6)
  const events = await h.drain()
  t.equal(events.length, 900)
  const versions = new Map<string, number[]>()
  for (const { partitionkey, data } of events) {
    versions.set(
      partitionkey,
      [...versions.get(partitionkey) ?? [], data.agreement.version]
    )
  }
  t.ok([...versions.values()].every((list) => list.join() === '2,3'))
  t.match(
    (await h.call('GET', '/policy-versions')).body.items,
    [{ reresolution: { checked: 450, moved: 450 } }, { reresolution: { checked: 450, moved: 450 } }]
  )
})

t.test('two replicas share the work without announcing anything twice', async (t) => {
  const h = await harness(t)
  await h.facts(...Array.from({ length: 450 }, (_, index) => fact('created', snapshot({ id: idOf(index + 1) }))))
  await row(h)
  await publish(h, 'retroactive')
  await h.drain()
  await Promise.all([h.reresolve(), h.reresolve(), h.reresolve()])
  await h.reresolve()
  t.equal((await h.drain()).length, 450)
})

t.test('a publish waits for tickets that are getting agreements under the version before', async (t) => {
  const h = await harness(t)
  await row(h)
  let committed = false
  const { holdPolicyVersions } = await import('../../src/store/policy-heads.ts')
  let publishing: Promise<unknown> | undefined
  await h.database.tx(async (tx) => {
    await holdPolicyVersions(tx, [tenant])
    publishing = publish(h, 'retroactive').then(() => t.equal(committed, true))
    const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    await eventually(async () => (await h.database.pool.query(waiting)).rowCount! > 0)
    committed = true
  })
  await publishing
})

t.test('a preview says which open tickets a publish would move, and writes nothing', async (t) => {
  const h = await harness(t)
  await h.facts(
    fact('created', snapshot()),
    fact('created', snapshot({ id: idOf(2), number: 'T-2', priority: 'P0' })),
    fact('created', snapshot({ id: idOf(3), status: 'cancelled' }))
  )
  const rowId = await row(h, { priority: 'P0' })
  await row(h, { kind: 'ola', priority: 'P0' })
  await h.drain()
  const preview = async (effect: string) =>
    (
      await h.call('POST', '/policy-versions/preview', { body: { effect } })
    ).body
  t.match(await preview('retroactive'), {
    effect: 'retroactive',
    version: 1,
    rowCount: 2,
    openTickets: 2,
    movingTickets: 1,
    movesByKind: {
      sla: 1,
      ola: 1,
      underpinning: 0
    },
    uncountedTickets: 1,
    complete: false,
    moves: [
      {
        ticketId: idOf(2),
        number: 'T-2',
        kind: 'sla',
        change: 'changed',
        from: { origin: 'built_in', targets: { resolution: 'PT4H' } },
        to: { origin: 'row', rowId, targets: { resolution: 'PT1H' } }
      },
      { ticketId: idOf(2), kind: 'ola', change: 'made', from: null, to: { origin: 'row' } }
    ]
  })
  t.match(await preview('new_tickets'), { openTickets: 2, movingTickets: 0, moves: [] })
  t.same((await h.call('GET', '/policy-versions')).body.items, [])
  t.same(await h.drain(), [])
  await publish(h, 'retroactive')
  await h.reresolve()
  t.match(await preview('retroactive'), { version: 2, movingTickets: 0 })
})

t.test("the service's own loop does it after a publish", async (t) => {
  const h = await harness(t)
  await h.facts(fact('created', snapshot()))
  await row(h)
  await h.drain()
  await h.service.reresolver.start()
  t.teardown(async () => await h.service.reresolver.stop())
  const worked = h.service.reresolver.passes.next(({ outcome }) => outcome === 'busy')
  await publish(h, 'from_now')
  await worked
  t.match((await h.drain()).map(({ type }) => type), ['dueline.policy.published.v1', 'dueline.agreement.changed.v1'])
})
