import t from 'tap'
import { bearer, document, echo, gateway, type Seen } from './running-gateway.ts'

const teams = { 'x-service': 'directory', get: { operationId: 'listTeams', 'x-roles': ['agent'], responses: {} } }
const routed = { ...document, paths: { ...document.paths, '/v1/teams': teams } }

t.test('SCIM passes with its own tokens, and the limit is per token', async (t) => {
  const upstream = await echo(t)
  const { url } = await gateway(t, { ticket: upstream, directory: upstream, notification: upstream }, {
    RATE_PER_CALLER: 3
  }, routed)
  const ask = async (path: string, token: string, init: RequestInit = {}) =>
    await fetch(`${url}${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } })
  const body = '{"op":1}'
  const headers = { 'content-type': 'application/scim+json', 'if-match': 'W/"1"' }
  const answer = await ask('/scim/v2/Users/a?attributes=userName', 'dls_a', { method: 'PATCH', body, headers })
  t.equal(answer.status, 200)
  t.match(await answer.json() as Seen, {
    method: 'PATCH',
    url: '/scim/v2/Users/a?attributes=userName',
    body,
    headers: { ...headers, authorization: 'Bearer dls_a' }
  })
  for (const path of ['/scim/v2/Schemas', '/scim/v2/Bulk']) t.equal((await ask(path, 'dls_a')).status, 200)
  t.equal((await ask('/scim/v2/Users', 'dls_a')).status, 429)
  t.equal((await ask('/scim/v2/Users', 'dls_b')).status, 200, 'its neighbour')
  t.equal((await ask('/v1/teams', 'dls_c')).status, 401, 'a SCIM token opens nothing else')
  t.equal((await fetch(`${url}/v1/teams`, { headers: bearer })).status, 200)
  t.equal((await ask('/scim/v3/Users', 'dls_c')).status, 404)
})

t.test("what the gateway itself answers under /scim has SCIM's form of errors, and nowhere else", async (t) => {
  const upstream = await echo(t)
  // nothing listens at the port of discard
  const routes = { ticket: upstream, directory: 'http://127.0.0.1:9', notification: upstream }
  const { url } = await gateway(t, routes, { RATE_PER_CALLER: 4 }, routed)
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: 'Bearer dls_a', 'content-type': 'application/scim+json' }
    const answer = await fetch(`${url}${path}`, { headers, ...init })
    const body = await answer.json() as object
    return { status: answer.status, type: answer.headers.get('content-type'), headers: answer.headers, body }
  }
  const said = (status: number, detail: RegExp, scimType?: string) => ({
    status,
    type: 'application/scim+json; charset=utf-8',
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
      detail,
      ...(scimType === undefined ? {} : { scimType })
    }
  })
  const down = await ask('/scim/v2/Users')
  t.match(down, said(503, /directory service cannot be reached/))
  t.equal(down.headers.get('retry-after'), '1')
  t.match(await ask('/scim/v3/Users'), said(404, /./))
  t.match(await ask('/scim'), said(404, /./))
  const long = { method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) }
  t.match(await ask('/scim/v2/Bulk', long), said(413, /./))
  t.match(await ask('/scim/v2/Users/%E0%A4%A'), said(400, /cannot be decoded/, 'invalidSyntax'))
  t.match(await ask('/scim/v2/Users', { method: 'PROPFIND' }), said(405, /./))
  for (let i = 0; i < 4; i++) await ask('/scim/v2/Users')
  const limited = await ask('/scim/v2/Users')
  t.match(limited, said(429, /./))
  t.ok(Number(limited.headers.get('retry-after')) > 0)
  t.match(await ask('/v1/scim-nothing'), { type: 'application/problem+json; charset=utf-8', body: { status: 404 } })
})
