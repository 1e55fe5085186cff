import { createPgLogBus } from '@dueline/messaging'
import { createDatabase } from '@dueline/postgres'
import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import t from 'tap'
import { silentLogger, testIssuer } from '@dueline/testkit'
import { buildSlaPolicy, migrations, schema } from '../../src/app.ts'
import { harness, unknownId } from './harness.ts'

interface Sample {
  body?: object
  ifMatch?: true
}
const spec = { timezone: 'UTC', weekly: { mon: [['09:00', '17:00']] } }
const instant = '2026-03-02T08:00:00Z'
const ticket = { type: 'request', priority: 'P1', severity: 'low' }

/** A request that is right in itself, per operation; `{…}` stands for an id that nobody has. */
const samples: Record<string, Sample> = {
  'POST /v1/products': { body: { name: 'A' } },
  'GET /v1/products': {},
  'GET /v1/products/{productId}': {},
  'PATCH /v1/products/{productId}': { body: { name: 'B' }, ifMatch: true },
  'POST /v1/modules': { body: { productId: unknownId, name: 'A' } },
  'GET /v1/modules': {},
  'GET /v1/modules/{moduleId}': {},
  'PATCH /v1/modules/{moduleId}': { body: { active: false }, ifMatch: true },
  'POST /v1/questions': { body: { moduleId: unknownId, name: 'A' } },
  'GET /v1/questions': {},
  'GET /v1/questions/{questionId}': {},
  'PATCH /v1/questions/{questionId}': { body: { active: false }, ifMatch: true },
  'POST /v1/calendars': { body: { name: 'A', spec } },
  'GET /v1/calendars': {},
  'GET /v1/calendars/{calendarId}': {},
  'POST /v1/calendars/{calendarId}/versions': { body: { spec } },
  'GET /v1/calendars/{calendarId}/versions': {},
  'GET /v1/calendars/{calendarId}/open-intervals': {},
  'POST /v1/calendars/{calendarId}/add': { body: { from: instant, duration: 'PT1H' } },
  'POST /v1/calendars/{calendarId}/diff': { body: { from: instant, to: instant } },
  'POST /v1/sla-rows': { body: { name: 'A', targets: { resolution: 'PT1H' } } },
  'GET /v1/sla-rows': {},
  'GET /v1/sla-rows/schema': {},
  'GET /v1/sla-rows/{slaRowId}': {},
  'PATCH /v1/sla-rows/{slaRowId}': { body: { rank: 1 }, ifMatch: true },
  'DELETE /v1/sla-rows/{slaRowId}': { ifMatch: true },
  'GET /v1/sla-policy-settings': {},
  'PUT /v1/sla-policy-settings': { body: { forbidOverlap: false, defaults: {} }, ifMatch: true },
  'POST /v1/policy-versions': { body: { effect: 'new_tickets' } },
  'GET /v1/policy-versions': {},
  'POST /v1/policy-versions/preview': { body: { effect: 'retroactive' } },
  'GET /v1/policy-versions/{version}': {},
  'GET /v1/agreements': {},
  'POST /v1/agreements/resolve': { body: { ticket } },
  'GET /v1/sla-policy/dead-letters': {},
  'POST /v1/sla-policy/dead-letters/{deadLetterId}/resend': {}
}
const queries: Record<string, string> = {
  '/v1/calendars/{calendarId}/open-intervals': `?from=${instant}&to=2026-03-03T00:00:00Z`,
  '/v1/agreements': `?ticketId=${unknownId}`
}

interface Operation {
  name: string
  method: string
  url: string
  sample: Sample
  statuses: string[]
  allowed: string
  refused: string
}

function operationsOf (
  document: { paths: Record<string, Record<string, { responses: object, 'x-roles': string[] }>> }
): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => {
      const name = `${verb.toUpperCase()} ${path}`
      const roles = operation['x-roles']
      return {
        name,
        method: verb.toUpperCase(),
        url: path.replace('{version}', '9').replace(/\{\w+\}/, unknownId) + (queries[path] ?? ''),
        sample: samples[name]!,
        statuses: Object.keys(operation.responses),
        allowed: roles[0]!,
        refused: roles.includes('operator') ? 'customer' : 'operator'
      }
    })
  )
}

t.test('what every operation refuses in the same way', async (t) => {
  const { service: { http }, issuer } = await harness(t)
  await http.ready()
  const operations = operationsOf(http.swagger() as never)
  t.same(operations.map(({ name }) => name).sort(), Object.keys(samples).sort(), 'every operation has a sample')
  for (const { name, method, url, sample, statuses, allowed, refused } of operations) {
    const send = async (headers: object, payload: unknown = sample.body, address = url) =>
      await http.inject({
        method: method as 'GET',
        url: address,
        headers: { ...(sample.ifMatch === true ? { 'if-match': '"1"' } : {}), ...headers },
        ...(payload === undefined ? {} : { payload: payload as object })
      })
    const asAllowed = await issuer.bearer({ tenant: 'acme', roles: [allowed as 'admin'] })
    const seen = new Map<string, number>()
    seen.set('401', (await send({})).statusCode)
    seen.set('403', (await send(await issuer.bearer({ tenant: 'acme', roles: [refused as 'admin'] }))).statusCode)
    seen.set('400', (await send(asAllowed, sample.body, `${url}${url.includes('?') ? '&' : '?'}nonsense=1`)).statusCode)
    if (statuses.includes('404')) seen.set('404', (await send(asAllowed)).statusCode)
    if (statuses.includes('415')) {
      const refusedType = await http.inject({
        method: method as 'POST',
        url,
        headers: { ...asAllowed, 'content-type': 'text/csv' },
        payload: 'a,b'
      })
      seen.set('415', refusedType.statusCode)
      seen.set('413', (await send(asAllowed, { name: 'x'.repeat(1_100_000) })).statusCode)
    }
    for (const [expected, status] of seen) t.equal(String(status), expected, `${name} → ${expected}`)
  }
})

t.test('without its database every operation answers 503 and when to come back', async (t) => {
  const issuer = testIssuer()
  const database = createDatabase({
    url: 'postgres://nobody@127.0.0.1:9/none',
    schema,
    poolMax: 2,
    applicationName: 'test',
    logger: silentLogger,
    connectTimeoutMs: 200
  })
  const bus = createPgLogBus({ url: 'postgres://nobody@127.0.0.1:9/none', logger: silentLogger })
  const { http } = buildSlaPolicy({
    config: { TICKET_TIMEOUT_MS: 100, CLOCK_TIMEOUT_MS: 100 },
    logger: silentLogger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics('sla-policy'),
    database,
    bus,
    auth: issuer.auth
  })
  t.teardown(async () => {
    await http.close()
    await bus.close()
    await database.close()
  })
  await http.ready()
  t.ok(migrations.length > 0)
  for (const { name, method, url, sample, allowed } of operationsOf(http.swagger() as never)) {
    if (name === 'GET /v1/sla-rows/schema') continue // asks nothing
    const response = await http.inject({
      method: method as 'GET',
      url,
      headers: { 'if-match': '"1"', ...await issuer.bearer({ tenant: 'acme', roles: [allowed as 'admin'] }) },
      ...(sample.body === undefined ? {} : { payload: sample.body })
    })
    t.match([response.statusCode, response.headers['retry-after']], [503, /^\d+$/], name)
  }
  t.equal((await http.inject({ url: '/health/ready' })).statusCode, 503)
  t.equal((await http.inject({ url: '/health/live' })).statusCode, 200)
})
