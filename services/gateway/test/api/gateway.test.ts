import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import t from 'tap'
import { bearer, echo, gateway, issuer, readAll, serve, type Seen } from './running-gateway.ts'

t.test('a request and its answer pass, with what this hop adds', async (t) => {
  const { url } = await gateway(t, { ticket: await echo(t) })
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  const answer = await fetch(`${url}/v1/tickets?status=open&q=a%20b&q=%2F`, {
    method: 'POST',
    body: '{"a": 1}',
    headers: {
      ...bearer,
      'content-type': 'application/json; charset=utf-8',
      'idempotency-key': 'k',
      traceparent: trace,
      tracestate: 'vendor=a1,other=b2',
      'x-forwarded-for': '6.6.6.6',
      'x-request-id': 'request-0001'
    }
  })
  t.equal(answer.status, 200)
  const seen = await answer.json() as Seen
  t.match(seen, { method: 'POST', url: '/v1/tickets?status=open&q=a%20b&q=%2F', body: '{"a": 1}' })
  t.match(seen.headers, {
    ...bearer,
    'content-type': 'application/json; charset=utf-8',
    'content-length': '8',
    'idempotency-key': 'k',
    traceparent: trace,
    tracestate: 'vendor=a1,other=b2',
    'x-request-id': 'request-0001',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http'
  })
  t.match(Object.fromEntries(answer.headers), {
    etag: '"7"',
    'x-request-id': 'request-0001',
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff'
  })
  const item = await (await fetch(`${url}/v1/tickets/a%2Fb`, { headers: bearer })).json() as Seen
  t.equal(item.url, '/v1/tickets/a%2Fb', 'the path is passed as it came')
  t.match(item.headers.traceparent, /^00-/, 'a trace begins here when there is none')
  for (const headers of [{ tracestate: 'vendor=a1' }, { traceparent: 'none', tracestate: 'vendor=a1' }]) {
    const alone = await (await fetch(`${url}/v1/tickets/a`, { headers: { ...bearer, ...headers } })).json() as Seen
    t.equal(alone.headers['tracestate'], undefined, 'a state of no trace says nothing')
  }
  t.equal((await fetch(`${url}/v1/tickets`, { headers: bearer })).status, 200)
})

t.test('tokens and roles are looked at before the service is asked', async (t) => {
  let asked = 0
  const { url } = await gateway(t, {
    ticket: await serve(t, (_request, response) => {
      asked++
      response.end('{}')
    })
  })
  t.match(await (await fetch(`${url}/v1/tickets`)).json(), { code: 'unauthenticated', status: 401 })
  t.equal((await fetch(`${url}/v1/tickets`, { headers: { authorization: 'Bearer nonsense' } })).status, 401)
  t.match(await (await fetch(`${url}/v1/managers`, { headers: bearer })).json(), { code: 'forbidden' })
  t.match(await (await fetch(`${url}/v1/nothing`, { headers: bearer })).json(), { code: 'not_found' })
  t.match(await (await fetch(`${url}/v1/tickets`, { method: 'DELETE', headers: bearer })).json(), {
    code: 'method_not_allowed'
  })
  t.equal(asked, 0)
  t.equal((await fetch(`${url}/v1/surveys/abc`)).status, 200, 'public operations pass without a token')
})

t.test('a service that is down, hangs, or breaks off', async (t) => {
  const down = await gateway(t, {})
  const answer = await fetch(`${down.url}/v1/tickets`, { headers: bearer })
  t.equal(answer.headers.get('retry-after'), '1')
  t.match(await answer.json(), { code: 'unavailable', status: 503, detail: 'the ticket service cannot be reached' })
  t.equal(
    (await fetch(`${down.url}/v1/tickets`, {
      method: 'POST',
      body: '{}',
      headers: { ...bearer, 'content-type': 'application/json' }
    })).status,
    503
  )
  const hanging = await gateway(t, { ticket: await serve(t, () => {}) }, { UPSTREAM_TIMEOUT_MS: 100 })
  t.match(await (await fetch(`${hanging.url}/v1/tickets`, { headers: bearer })).json(), {
    code: 'unavailable',
    detail: 'the ticket service did not answer in time'
  })
  let attempts = 0
  const breaking = await gateway(t, {
    ticket: await serve(t, (request) => {
      attempts++
      request.socket.destroy()
    })
  })
  t.equal((await fetch(`${breaking.url}/v1/tickets`, { headers: bearer })).status, 503)
  t.equal(attempts, 2, 'what changes nothing is asked once more')
  attempts = 0
  t.equal(
    (await fetch(`${breaking.url}/v1/tickets`, {
      method: 'POST',
      body: '{}',
      headers: { ...bearer, 'content-type': 'application/json' }
    })).status,
    503
  )
  t.equal(attempts, 1, 'a write is not')
  const half = await gateway(t, {
    ticket: await serve(t, (_request, response) => {
      response.writeHead(200, { 'content-length': '100', etag: '"1"' })
      response.write('{"a":')
      setImmediate(() => response.destroy())
    })
  })
  const halfAnswer = await fetch(`${half.url}/v1/tickets`, {
    method: 'POST',
    body: '{}',
    headers: { ...bearer, 'content-type': 'application/json' }
  })
  t.match(await halfAnswer.json(), { code: 'unavailable', detail: 'the ticket service broke off its answer' })
  t.equal(halfAnswer.headers.get('etag'), null)
  const refusing = await gateway(t, {
    ticket: await serve(t, (_request, response) => {
      attempts++
      response.writeHead(503, { 'retry-after': '9', 'content-type': 'application/problem+json' })
      response.end('{"code":"unavailable"}')
    })
  })
  attempts = 0
  t.equal(
    (await fetch(`${refusing.url}/v1/tickets`, { headers: bearer })).headers.get('retry-after'),
    '9',
    'the answer of a service is its answer'
  )
  t.equal(attempts, 1)
})

t.test('a write with a key is sent again when the service closes its connection', async (t) => {
  const bodies: string[] = []
  const { url } = await gateway(t, {
    ticket: await serve(t, (request, response) => {
      void readAll(request).then((body) => {
        if (bodies.push(body) % 2 === 1) request.socket.destroy()
        else response.end('{}')
      })
    })
  })
  const post = async (path: string, type: string, key: object): Promise<number> => {
    bodies.length = 0
    const headers = { ...bearer, 'content-type': type, ...key }
    return (await fetch(`${url}${path}`, { method: 'POST', body: '{"a":1}', headers })).status
  }
  const key = { 'idempotency-key': 'once' }
  t.equal(await post('/v1/tickets', 'application/json', key), 200)
  t.same(bodies, ['{"a":1}', '{"a":1}'])
  t.equal(await post('/v1/tickets', 'application/json', {}), 503, 'without a key it might be done twice')
  t.equal(bodies.length, 1)
  t.equal(await post('/v1/ticket-imports', 'application/x-ndjson', key), 503, 'an upload is not kept to be sent again')
  t.equal(bodies.length, 1)
})

t.test('uploads pass unread up to their limit, other bodies up to theirs', async (t) => {
  const { url } = await gateway(t, { ticket: await echo(t) }, { UPLOAD_LIMIT_BYTES: 3 * 1024 * 1024 })
  const line = `${JSON.stringify({ subject: 'x'.repeat(90) })}\n`
  const large = line.repeat(Math.ceil(2.5 * 1024 * 1024 / line.length))
  const ndjson = { ...bearer, 'content-type': 'application/x-ndjson' }
  const passed = await (await fetch(`${url}/v1/ticket-imports`, { method: 'POST', body: large, headers: ndjson }))
    .json() as Seen
  t.equal(passed.length, large.length)
  t.equal(passed.headers['content-type'], 'application/x-ndjson')
  t.match(
    await (await fetch(`${url}/v1/ticket-imports`, { method: 'POST', body: large + large, headers: ndjson })).json(),
    { code: 'payload_too_large', status: 413 }
  )
  t.match(
    await (await fetch(`${url}/v1/tickets`, {
      method: 'POST',
      body: JSON.stringify(large),
      headers: { ...bearer, 'content-type': 'application/json' }
    })).json(),
    { code: 'payload_too_large' }
  )
  for (
    const [path, size, type, status] of [['/v1/ticket-imports', 2, 'application/x-ndjson', 200], [
      '/v1/ticket-imports',
      4,
      'application/x-ndjson',
      413
    ], ['/v1/tickets', 2, 'application/json', 413]] as const
  ) {
    const request = httpRequest(`${url}${path}`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': type, 'transfer-encoding': 'chunked' }
    })
    request.on('error', () => {})
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    for (let sent = 0; sent < size; sent++) request.write('y'.repeat(1024 * 1024))
    request.end()
    const [response] = await answered
    t.equal(response.statusCode, status, `${path} with ${size} MiB of unknown length`)
    response.resume()
  }
})

t.test('limits: per address before the token, per caller after it', async (t) => {
  const { url } = await gateway(t, { ticket: await echo(t) }, { RATE_PER_ADDRESS: 12, RATE_PER_CALLER: 3 })
  const call = (headers: Record<string, string> = bearer) => fetch(`${url}/v1/tickets`, { headers })
  const first = await call()
  t.match(Object.fromEntries(first.headers), {
    'ratelimit-limit': '3',
    'ratelimit-remaining': '2',
    'ratelimit-reset': /^\d+$/
  })
  await call()
  await call()
  const refused = await call()
  t.match(Object.fromEntries(refused.headers), { 'retry-after': /^[1-9]\d*$/, 'ratelimit-remaining': '0' })
  t.match(await refused.json(), {
    status: 429,
    code: 'rate_limited',
    detail: 'more than 3 requests per minute by this caller'
  })
  t.equal(
    (await call(await issuer.bearer({ tenant: 'acme', sub: 'another' }))).status,
    200,
    'another caller has its own count'
  )
  t.equal((await call(await issuer.bearer({ tenant: 'other' }))).status, 200)
  for (let i = 0; i < 6; i++) t.equal((await call({ authorization: `Bearer made-up-${i}` })).status, 401)
  t.match(await (await call({ authorization: 'Bearer made-up' })).json(), {
    code: 'rate_limited',
    detail: 'more than 12 requests per minute from this address'
  })
})

t.test('other origins: closed unless named', async (t) => {
  const upstream = await echo(t)
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,idempotency-key'
    }
  }
  const closed = await gateway(t, { ticket: upstream })
  t.equal((await fetch(`${closed.url}/v1/tickets`, preflight)).headers.get('access-control-allow-origin'), null)
  const open = await gateway(t, { ticket: upstream }, { CORS_ORIGINS: ['https://app.example'] })
  const allowed = await fetch(`${open.url}/v1/tickets`, preflight)
  t.match(Object.fromEntries(allowed.headers), {
    'access-control-allow-origin': 'https://app.example',
    'access-control-allow-headers': 'authorization,idempotency-key'
  })
  t.equal(
    (await fetch(`${open.url}/v1/tickets`, {
      ...preflight,
      headers: { ...preflight.headers, origin: 'https://evil.example' }
    })).headers.get('access-control-allow-origin'),
    null
  )
  const unauthenticated = await fetch(`${open.url}/v1/tickets`, { headers: { origin: 'https://app.example' } })
  t.match([unauthenticated.status, unauthenticated.headers.get('access-control-allow-origin')], [
    401,
    'https://app.example'
  ], 'a front end can read why it was refused')
  const refused = await fetch(`${open.url}/v1/tickets`, {
    method: 'DELETE',
    headers: { origin: 'https://app.example' }
  })
  t.match([refused.status, refused.headers.get('allow')], [405, 'GET, HEAD, OPTIONS, POST'])
  t.match(
    refused.headers.get('access-control-allow-origin'),
    'https://app.example',
    'nor does it ask a service for a method that an address does not take'
  )
  t.match([
    (await fetch(`${open.url}/v1/none`, { method: 'DELETE' })).status,
    (await fetch(`${open.url}/v1/none`, preflight)).status
  ], [404, 204])
  const answered = await fetch(`${open.url}/v1/tickets`, { headers: { ...bearer, origin: 'https://app.example' } })
  t.match(answered.headers.get('access-control-expose-headers'), 'etag')
})

t.test('HEAD, OPTIONS and whole addresses pass as they do at a service', async (t) => {
  const upstream = await serve(t, (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '12', etag: '"7"' })
    response.end(request.method === 'HEAD' ? undefined : '{"url":"/v1"}'.slice(0, 12))
  })
  const { url } = await gateway(t, { ticket: upstream, notification: upstream })
  const head = await fetch(`${url}/v1/tickets`, { method: 'HEAD', headers: bearer })
  t.match([head.status, head.headers.get('content-length'), head.headers.get('etag')], [200, '12', '"7"'])
  t.equal((await fetch(`${url}/v1/tickets`, { method: 'HEAD' })).status, 401)
  t.equal((await fetch(`${url}/v1/managers`, { method: 'HEAD', headers: bearer })).status, 403)
  const stream = await fetch(`${url}/v1/events/stream`, { method: 'HEAD', headers: bearer })
  t.equal(stream.status, 200, 'no stream is begun')
  for (const path of ['/', '/docs/', '/openapi.json', '/asyncapi.json', '/health/live']) {
    t.match(await fetch(`${url}${path}`, { method: 'HEAD' }), { status: 200 }, path)
  }
  const options = await fetch(`${url}/v1/tickets`, { method: 'OPTIONS' })
  t.match([options.status, options.headers.get('allow')], [204, 'GET, HEAD, OPTIONS, POST'])
  t.equal((await fetch(`${url}/v1/none`, { method: 'OPTIONS' })).status, 404)
  const open = await gateway(t, { ticket: upstream }, { CORS_ORIGINS: ['https://app.example'] })
  const plain = await fetch(`${open.url}/v1/tickets`, { method: 'OPTIONS' })
  t.match([plain.status, plain.headers.get('allow')], [204, 'GET, HEAD, OPTIONS, POST'], 'also with other origins')
  t.equal((await fetch(`${open.url}/v1/none`, { method: 'OPTIONS' })).status, 404)

  const request = httpRequest(url, { path: 'http://any/v1/tickets?x=1', headers: bearer })
  request.end()
  const [answer] = await once(request, 'response') as [IncomingMessage]
  t.equal(answer.statusCode, 200)
  answer.resume()
  const packed = { ...bearer, 'content-type': 'application/json', 'content-encoding': 'gzip' }
  t.equal((await fetch(`${url}/v1/tickets`, { method: 'POST', headers: packed, body: 'x' })).status, 415)
})
