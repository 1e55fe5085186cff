// What the gateway answers itself, held against its document: its own addresses, and what it says for a service.
import { readFileSync } from 'node:fs'
import { baseErrors, type ErrorEntry, type OpenApiDocument, type Operation } from '@dueline/http'
import t, { type Test } from 'tap'
import { routeTable } from '../../src/app.ts'
import { bearer, echo, gateway, issuer } from './running-gateway.ts'

const published = JSON.parse(readFileSync('openapi/gateway.json', 'utf8')) as OpenApiDocument
const routes = routeTable(published)
const services = [...new Set(routes.map(({ service }) => service))]
const nowhere = Object.fromEntries(services.map((service) => [service, 'http://127.0.0.1:9']))
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** What everybody may read, and what it is. */
const own: Readonly<Record<string, RegExp>> = {
  '/health/live': /^application\/json/,
  '/health/ready': /^application\/json/,
  '/openapi.json': /^application\/json/,
  '/asyncapi.json': /^application\/json/,
  '/docs/json': /^application\/json/,
  '/docs/': /^text\/html/
}

/** Whether an answer is the problem of this entry, whole and nothing more. */
async function isProblem (t: Test, answer: Response, { code, status, title }: ErrorEntry, of: string): Promise<void> {
  const body = await answer.json() as Record<string, unknown>
  const path = new URL(answer.url).pathname
  const shown = {
    status: answer.status,
    type: answer.headers.get('content-type'),
    id: answer.headers.get('x-request-id'),
    sniff: answer.headers.get('x-content-type-options'),
    body: { ...body, detail: typeof body['detail'] }
  }
  t.same(shown, {
    status,
    type: 'application/problem+json; charset=utf-8',
    id: body['requestId'],
    sniff: 'nosniff',
    body: {
      type: `/problems/${code}`,
      title,
      status,
      detail: 'string',
      instance: path,
      code,
      errors: [],
      requestId: body['requestId']
    }
  }, of)
}

t.test('its own addresses are open to everybody, by GET and HEAD and nothing else', async (t) => {
  const { url } = await gateway(t, nowhere, {}, published)
  const callers: Record<string, string>[] = [{}, bearer, { authorization: 'Bearer nonsense' }]
  for (const [path, type] of Object.entries(own)) {
    for (const headers of callers) {
      const answer = await fetch(`${url}${path}`, { headers })
      t.equal(answer.status, 200, `${path} with ${Object.keys(headers).length} headers`)
      t.match(answer.headers.get('content-type'), type)
      t.ok((await answer.text()).length > 0)
    }
    const head = await fetch(`${url}${path}`, { method: 'HEAD' })
    t.same([head.status, await head.text()], [200, ''], `HEAD ${path}`)
    for (const method of methods.slice(1)) {
      const answer = await fetch(`${url}${path}`, { method })
      t.match(answer.headers.get('allow'), 'GET', `${method} ${path}`)
      await isProblem(t, answer, baseErrors.method_not_allowed, `${method} ${path}`)
    }
  }
  t.same(await (await fetch(`${url}/openapi.json`)).json(), published)
})

t.test('an address that nobody has is not there, whoever asks and however', async (t) => {
  const { url } = await gateway(t, nowhere, {}, published)
  for (
    const path of ['/v1', '/v1/nothing', '/v2/tickets', '/nothing', '/health', '/v1/tickets/a/b/c/d', '/docs/nothing']
  ) {
    for (const method of methods) {
      for (const headers of [{}, bearer]) {
        await isProblem(t, await fetch(`${url}${path}`, { method, headers }), baseErrors.not_found, `${method} ${path}`)
      }
    }
  }
})

t.test('a method that an address does not have is named with those that it has', async (t) => {
  const { url } = await gateway(t, nowhere, {}, published)
  for (const path of new Set(routes.map((route) => route.url))) {
    const has = routes.filter((route) => route.url === path).map(({ method }) => method)
    for (const method of methods.filter((each) => !has.includes(each))) {
      const answer = await fetch(`${url}${path.replace(/:\w+/g, 'x')}`, { method, headers: bearer })
      const allowed = answer.headers.get('allow')?.split(', ').filter((each) => each !== 'HEAD' && each !== 'OPTIONS')
      t.same(allowed?.sort(), [...has].sort(), `${method} ${path}`)
      await isProblem(t, answer, baseErrors.method_not_allowed, `${method} ${path}`)
    }
  }
})

t.test('every operation says what is documented when its service is away, and when the caller may not', async (t) => {
  const { url } = await gateway(t, nowhere, {}, published)
  for (const { method, url: path, roles, operationId } of routes) {
    const item = published.paths[path.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation>
    const documented = Object.keys(item[method.toLowerCase()]?.responses ?? {})
    const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }
    const ask = async (headers: Record<string, string>): Promise<Response> =>
      await fetch(`${url}${path.replace(/:\w+/g, 'x')}`, {
        method,
        ...body,
        headers: { ...headers, ...(body.body === undefined ? {} : { 'content-type': 'application/json' }) }
      })
    const role = roles === 'public' ? 'agent' : roles[0]!
    const away = await ask(await issuer.bearer({ tenant: 'acme', roles: [role as 'agent'] }))
    t.match(away.headers.get('retry-after'), /^\d+$/)
    await isProblem(t, away, baseErrors.unavailable, `${operationId} away`)
    t.ok(documented.includes('503'), `${operationId} documents 503`)
    if (roles === 'public') continue
    await isProblem(t, await ask({}), baseErrors.unauthenticated, `${operationId} without a token`)
    await isProblem(t, await ask(await issuer.bearer({ tenant: 'acme', roles: [] })), baseErrors.forbidden, operationId)
    t.ok(['401', '403'].every((status) => documented.includes(status)), `${operationId} documents 401 and 403`)
  }
})

t.test('without the services it lives and is ready: what is up must stay reachable', async (t) => {
  const { url } = await gateway(t, { ...nowhere, ticket: await echo(t) }, {}, published)
  t.equal((await fetch(`${url}/health/ready`)).status, 200)
  t.equal((await fetch(`${url}/v1/tickets`, { headers: bearer })).status, 200)
  t.equal((await fetch(`${url}/v1/clocks`, { headers: bearer })).status, 503)
})
