import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { id, personEvent, staffEvents } from '../events.ts'
import { startEscalation } from './harness.ts'

const sales = { as: 'sal', roles: ['sales' as const] }
const agent = { as: 'ann', roles: ['agent' as const] }

function body (change: object = {}): object {
  return {
    name: 'Urgent',
    levels: [
      {
        name: 'First',
        trigger: { beforeDeadline: 'PT30M' },
        targets: [{ assignee: true }],
        actions: [{ notify: true }]
      },
      {
        name: 'Second',
        trigger: { afterDeadline: 'PT0S' },
        targets: [{ role: 'manager', via: 'reporting_line' }, { stepsUp: 2 }],
        actions: [{ notify: true }, { reassign: 'first_target' }, { raisePriority: 'one_step' }],
        severities: ['high']
      }
    ],
    ...change
  }
}
function level (change: object): object {
  return {
    name: 'L',
    trigger: { afterDeadline: 'PT1H' },
    targets: [{ assignee: true }],
    actions: [{ notify: true }],
    ...change
  }
}
function faults ({ body }: { body: any }): string[] {
  return body.errors.map((fault: any) => fault.pointer)
}

t.test('an escalation policy is made, read, listed, changed and deleted', async (t) => {
  const { call, database } = await startEscalation(t)
  const made = await call('POST', '/escalation-policies', body(), sales)
  t.match(made, { status: 201, headers: { etag: '"1"', location: `/v1/escalation-policies/${made.body.id}` } })
  t.match(made.body, {
    name: 'Urgent',
    isDefault: false,
    active: true,
    maxLevels: 10,
    version: 1,
    filters: {
      severities: null,
      priorities: null,
      productIds: null,
      customerIds: null,
      metrics: ['resolution', 'first_response']
    },
    levels: [{ severities: null, priorities: null }, { severities: ['high'] }]
  })
  const path = `/escalation-policies/${made.body.id}`
  t.match(await call('GET', path, undefined, agent), { status: 200, body: made.body, headers: { etag: '"1"' } })
  t.equal((await call('GET', path, undefined, { ...agent, headers: { 'if-none-match': '"1"' } })).status, 304)

  const changed = await call('PATCH', path, { active: false, filters: { priorities: ['P0'] } }, {
    ...sales,
    headers: { 'if-match': '"1"' }
  })
  t.match(changed, {
    status: 200,
    headers: { etag: '"2"' },
    body: { active: false, version: 2, filters: { priorities: ['P0'], metrics: ['resolution', 'first_response'] } }
  })
  t.same(changed.body.levels, made.body.levels, 'what is not named stays')
  t.equal((await call('PATCH', path, { name: 'x' }, { ...sales, headers: { 'if-match': '"1"' } })).status, 412)
  t.equal((await call('PATCH', path, { name: 'x' }, sales)).status, 428)

  await call('POST', '/escalation-policies', body({ name: 'B' }), sales)
  await call('POST', '/escalation-policies', body({ name: 'C' }), sales)
  const page = await call('GET', '/escalation-policies?limit=2', undefined, agent)
  t.same(page.body.items.map((each: any) => each.name), ['Urgent', 'B'])
  const rest = await call('GET', `/escalation-policies?limit=2&cursor=${page.body.nextCursor}`, undefined, agent)
  t.same([rest.body.items.map((each: any) => each.name), rest.body.nextCursor], [['C'], null])
  t.same((await call('GET', '/escalation-policies?active=false', undefined, agent)).body.items.length, 1)

  t.equal((await call('DELETE', path, undefined, sales)).status, 204)
  t.equal((await call('DELETE', path, undefined, sales)).status, 404)
  t.equal((await call('GET', path, undefined, agent)).status, 404)
  t.equal((await call('PATCH', path, { name: 'x' }, { ...sales, headers: { 'if-match': '*' } })).status, 404)
  t.equal((await database.pool.query('select from escalation_policy_version')).rowCount, 4, 'versions stay')
})

t.test("the preset can be read, and made one's own", async (t) => {
  const { call } = await startEscalation(t)
  const { status, body: { items: [preset], nextCursor } } = await call(
    'GET',
    '/escalation-policies/presets',
    undefined,
    agent
  )
  t.same([status, nextCursor, preset.levels.map((each: any) => each.trigger.afterDeadline)], [200, null, [
    'PT2H',
    'PT8H',
    'PT24H',
    'PT48H'
  ]])
  t.match(await call('POST', '/escalation-policies', preset, sales), { status: 201, body: preset })
})

t.test('bad bodies: every fault with its pointer', async (t) => {
  const { call, deliver } = await startEscalation(t)
  await deliver(...staffEvents())
  async function refused (payload: unknown, ...pointers: string[]): Promise<void> {
    const answer = await call('POST', '/escalation-policies', payload, sales)
    t.equal(answer.status, 400)
    t.equal(answer.body.code, 'validation_failed')
    t.same(
      [...new Set(faults(answer))].filter((each) => pointers.includes(each)),
      pointers,
      JSON.stringify(answer.body.errors)
    )
  }
  await refused({}, '/name', '/levels')
  await refused(
    body({ colour: 'red', name: '', maxLevels: 11, levels: [] }),
    '/colour',
    '/name',
    '/maxLevels',
    '/levels'
  )
  await refused(
    body({ levels: Array.from({ length: 11 }, (_, i) => level({ trigger: { afterDeadline: `PT${i}H` } })) }),
    '/levels'
  )
  await refused(
    body({
      levels: [level({ trigger: { afterDeadline: 'P1D' } }), level({ targets: [], actions: [{ shout: true }] })]
    }),
    '/levels/0/trigger/afterDeadline',
    '/levels/1/targets'
  )
  for (const text of ['a\u0000b', '\ud800', ' ']) {
    await refused(body({ name: text, levels: [level({ name: text })] }), '/name', '/levels/0/name')
  }
  for (const afterDeadline of ['PT9999999H', 'PT9999999999S']) {
    await refused(body({ levels: [level({ trigger: { afterDeadline } })] }), '/levels/0/trigger')
  }
  await refused(
    body({ levels: [level({ trigger: { afterDeadline: 'PT1H', beforeDeadline: 'PT1H' } })] }),
    '/levels/0/trigger'
  )
  await refused(
    body({
      levels: [level({ targets: [{ role: 'customer', via: 'tenant' }, { role: 'ceo' }, {}, { other: true }] })]
    }),
    '/levels/0/targets/0/role',
    '/levels/0/targets/1',
    '/levels/0/targets/2',
    '/levels/0/targets/3/other'
  )
  await refused(body({ levels: [level({ targets: [{ assignee: true, stepsUp: 1 }] })] }), '/levels/0/targets/0')
  await refused(
    body({ levels: [level({ actions: [{ notify: true, reassign: 'first_target' }] })] }),
    '/levels/0/actions/0'
  )
  await refused(
    body({ filters: { priorities: [], severities: ['low', 'low'], metrics: ['speed'] } }),
    '/filters/severities',
    '/filters/priorities',
    '/filters/metrics/0'
  )
  await refused(
    body({
      isDefault: true,
      maxLevels: 2,
      filters: { priorities: ['P0'], customerIds: [id('kim'), id('ann'), id('nobody')] },
      levels: [
        level({ trigger: { unacknowledgedFor: 'PT1H' } }),
        level({
          trigger: { beforeDeadline: 'PT2H' },
          targets: [{ personId: id('kim') }, { personId: id('max') }, { personId: id('ghost') }]
        }),
        level({ actions: [{ notify: true }, { notify: true }] })
      ]
    }),
    '/levels',
    '/filters',
    '/levels/0/trigger',
    '/levels/1/trigger',
    '/levels/2/actions/1',
    '/filters/customerIds/1',
    '/filters/customerIds/2',
    '/levels/1/targets/0/personId',
    '/levels/1/targets/2/personId'
  )
  t.equal((await call('GET', '/escalation-policies', undefined, agent)).body.items.length, 0)

  const { body: { id: escalationPolicyId } } = await call('POST', '/escalation-policies', body(), sales)
  const patched = await call('PATCH', `/escalation-policies/${escalationPolicyId}`, { maxLevels: 1 }, {
    ...sales,
    headers: { 'if-match': '*' }
  })
  t.same([patched.status, faults(patched)], [400, ['/levels']], 'a change is checked as the whole that it makes')
  t.equal(
    (await call('PATCH', `/escalation-policies/${escalationPolicyId}`, {}, { ...sales, headers: { 'if-match': '*' } }))
      .status,
    400
  )
  t.equal((await call('GET', '/escalation-policies/42', undefined, agent)).status, 400)
  t.equal((await call('GET', '/escalation-policies?colour=red', undefined, agent)).status, 400)
  t.equal((await call('GET', '/escalation-policies?cursor=zzz', undefined, agent)).status, 400)
  t.equal((await call('POST', '/escalation-policies', body({ name: 'x'.repeat(1_100_000) }), sales)).status, 413)
  t.equal(
    (await call('POST', '/escalation-policies', '<escalation policy/>', {
      ...sales,
      headers: { 'content-type': 'text/xml' }
    })).status,
    415
  )
})

t.test('one default escalation policy per tenant', async (t) => {
  const { call } = await startEscalation(t)
  t.equal((await call('POST', '/escalation-policies', body({ isDefault: true }), sales)).status, 201)
  t.match(await call('POST', '/escalation-policies', body({ isDefault: true }), sales), {
    status: 409,
    body: { code: 'default_escalation_policy_exists' }
  })
  const other = await call('POST', '/escalation-policies', body(), sales)
  t.match(
    await call('PATCH', `/escalation-policies/${other.body.id}`, { isDefault: true }, {
      ...sales,
      headers: { 'if-match': '"1"' }
    }),
    { status: 409, body: { code: 'default_escalation_policy_exists' } }
  )
  t.equal(
    (await call('POST', '/escalation-policies', body({ isDefault: true }), { ...sales, tenant: 'globex' })).status,
    201,
    'another tenant has its own'
  )
})

t.test('an Idempotency-Key makes one escalation policy', async (t) => {
  const { call } = await startEscalation(t)
  const keyed = { ...sales, headers: { 'idempotency-key': 'k1' } }
  const [first, again] = [
    await call('POST', '/escalation-policies', body(), keyed),
    await call('POST', '/escalation-policies', body(), keyed)
  ]
  t.same([again.status, again.body.id], [201, first.body.id])
  t.match(await call('POST', '/escalation-policies', body({ name: 'other' }), keyed), {
    status: 409,
    body: { code: 'idempotency_key_reused' }
  })
})

t.test('who may: staff read, sales, managers and admins write; another tenant sees nothing', async (t) => {
  const { call } = await startEscalation(t)
  const { body: { id: escalationPolicyId } } = await call('POST', '/escalation-policies', body(), sales)
  const path = `/escalation-policies/${escalationPolicyId}`
  const writes = [['POST', '/escalation-policies', body()], ['PATCH', path, { name: 'x' }], [
    'DELETE',
    path,
    undefined
  ]] as const
  const reads = [['GET', '/escalation-policies', undefined], ['GET', '/escalation-policies/presets', undefined], [
    'GET',
    path,
    undefined
  ]] as const
  for (const [method, url, payload] of [...writes, ...reads]) {
    t.equal((await call(method, url, payload, { anonymous: true })).status, 401, `${method} ${url} without a token`)
    t.equal(
      (await call(method, url, payload, { as: 'kim', roles: ['customer'] })).status,
      403,
      `${method} ${url} as a customer`
    )
  }
  for (const [method, url, payload] of writes) {
    t.equal((await call(method, url, payload, agent)).status, 403, `${method} as an agent`)
  }
  for (const role of ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator'] as const) {
    t.equal((await call('GET', path, undefined, { as: 'x', roles: [role] })).status, 200)
  }
  const foreign = await call('GET', path, undefined, { ...agent, tenant: 'globex' })
  const unknown = await call('GET', `/escalation-policies/${id('none')}`, undefined, { ...agent, tenant: 'globex' })
  t.same([foreign.status, foreign.body.detail, foreign.body.code], [404, unknown.body.detail, unknown.body.code])
  t.equal((await call('DELETE', path, undefined, { ...sales, tenant: 'globex' })).status, 404)
  t.equal(
    (await call('PATCH', path, { name: 'x' }, { ...sales, tenant: 'globex', headers: { 'if-match': '*' } })).status,
    404
  )
})

t.test("a person not known yet is asked for once, in the caller's name", async (t) => {
  const asked: { url: string | undefined, authorization: string | undefined }[] = []
  let status = 200
  const upstream = createServer((request, response) => {
    if (request.url === '/v1/me') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"person":null}')
      return
    }
    asked.push({ url: request.url, authorization: request.headers.authorization })
    const found = status === 200 && request.url?.endsWith(id('zoe')) === true
    response.writeHead(found ? 200 : status === 200 ? 404 : status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ? (personEvent('zoe', 'manager').data as any).person : {}))
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  t.teardown(() => upstream.close())
  const { call, issuer } = await startEscalation(t, {
    DIRECTORY_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  })
  const naming = (name: string): object => body({ levels: [level({ targets: [{ personId: id(name) }] })] })

  t.equal((await call('POST', '/escalation-policies', naming('zoe'), sales)).status, 201)
  t.same([asked.length, asked[0]?.url], [1, `/v1/people/${id('zoe')}`])
  t.match(asked[0]?.authorization, /^Bearer /)
  t.ok(issuer)
  t.equal((await call('POST', '/escalation-policies', naming('zoe'), sales)).status, 201)
  t.equal(asked.length, 1, 'and remembered')
  t.same(faults(await call('POST', '/escalation-policies', naming('ghost'), sales)), ['/levels/0/targets/0/personId'])
  status = 500
  const failed = await call('POST', '/escalation-policies', naming('ghost'), sales)
  t.match(failed, { status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '2' } })
  upstream.closeAllConnections()
  await new Promise((resolve) => upstream.close(resolve))
  t.equal((await call('POST', '/escalation-policies', naming('ghost'), sales)).status, 503, 'nobody there')
})

t.test('a merge patch changes filters one by one', async (t) => {
  const { call } = await startEscalation(t)
  const filters = { priorities: ['P0'], severities: ['high'] }
  const { body: { id: policyId } } = await call('POST', '/escalation-policies', body({ filters }), sales)
  const headers = { 'if-match': '"1"', 'content-type': 'application/merge-patch+json' }
  const patch = { filters: { severities: null, metrics: ['resolution'] } }
  const { body: { filters: after } } = await call('PATCH', `/escalation-policies/${policyId}`, patch, {
    ...sales,
    headers
  })
  t.match(after, { priorities: ['P0'], severities: null, metrics: ['resolution'] })
})
