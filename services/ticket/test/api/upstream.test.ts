import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPgLogBus } from '@dueline/messaging'
import { createDatabase } from '@dueline/postgres'
import { createMetrics, systemClock, systemIds } from '@dueline/runtime'
import { silentLogger, testIssuer } from '@dueline/testkit'
import t from 'tap'
import { buildTicket, schema } from '../../src/app.ts'
import { config, people, startTicket } from './harness.ts'

const known = '01900000-0000-7000-8000-00000000a001'

void t.test('a product not known yet is asked for once, with the caller’s own token', async (t) => {
  const asked: Array<{ url: string, authorization: string | undefined }> = []
  let answer: { status: number, body: unknown } = {
    status: 200,
    body: { id: known, name: 'Mail', active: true, version: 4, createdAt: 'ignored' }
  }
  const policy = createServer((request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => {
    policy.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => policy.close())
  const service = await startTicket(t, {
    config: { SLA_POLICY_URL: `http://127.0.0.1:${(policy.address() as AddressInfo).port}` }
  })
  const about = (productId: string) => service.post('/tickets', { subject: 'x', productId }, { as: 'customer' })

  t.match(await about(known), { status: 201, body: { productId: known } })
  t.match(asked, [{ url: `/v1/products/${known}`, authorization: /^Bearer / }])
  service.clock.advance(60_000_000)
  t.match(await about(known), { status: 201 })
  t.equal(asked.length, 1, 'the answer is kept')

  answer = { status: 404, body: { code: 'not_found' } }
  t.match(await about(known.replace('a001', 'a002')), {
    status: 400,
    body: { errors: [{ pointer: '/productId', message: 'no such product' }] }
  })
  answer = { status: 503, body: {} }
  t.match(await about(known.replace('a001', 'a003')), {
    status: 503,
    body: { code: 'unavailable' },
    headers: { 'retry-after': '2' }
  })
  policy.closeAllConnections()
  await new Promise((resolve) => policy.close(resolve))
  t.match(await about(known.replace('a001', 'a003')), { status: 503, body: { code: 'unavailable' } })
})

void t.test('a database that is away is a 503 with Retry-After', async (t) => {
  const url = 'postgres://nobody@127.0.0.1:1/nothing'
  const issuer = testIssuer()
  const database = createDatabase({ url, schema, poolMax: 4, applicationName: 'test', logger: silentLogger })
  const bus = createPgLogBus({ url, logger: silentLogger })
  const { http } = buildTicket({
    config,
    logger: silentLogger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics('ticket'),
    database,
    bus,
    auth: issuer.auth
  })
  t.teardown(async () => {
    await http.close()
    await bus.close()
    await database.close()
  })
  const headers = await issuer.bearer({ tenant: 'acme', sub: people.admin.id, roles: ['admin', 'customer'] })
  const id = known
  const requests = [
    ['GET', '/tickets'],
    ['GET', `/tickets/${id}`],
    ['GET', `/tickets/${id}/messages`],
    ['GET', `/tickets/${id}/timeline`],
    ['GET', `/ticket-imports/${id}`],
    ['GET', `/ticket-imports/${id}/lines`],
    ['POST', '/tickets', { subject: 'x' }],
    ['POST', '/tickets/batch', { tickets: [{ subject: 'x' }] }],
    ['PATCH', `/tickets/${id}`, { subject: 'x' }],
    ['POST', `/tickets/${id}/messages`, { body: 'x' }],
    ['POST', `/tickets/${id}/transitions`, { to: 'open' }],
    ['POST', `/tickets/${id}/assignments`, { teamId: 'x' }]
  ] as const
  for (const [method, path, payload] of requests) {
    const answer = await http.inject({
      method,
      url: `/v1${path}`,
      headers: { ...headers, 'if-match': '"1"' },
      ...(payload === undefined ? {} : { payload })
    })
    t.match(answer, { statusCode: 503, headers: { 'retry-after': '1' } }, `${method} ${path}`)
  }
  const imported = await http.inject({
    method: 'POST',
    url: '/v1/ticket-imports',
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
    payload: '{}'
  })
  t.equal(imported.statusCode, 503)
  t.equal((await http.inject('/health/ready')).statusCode, 503)
  t.equal((await http.inject('/health/live')).statusCode, 200)
})
