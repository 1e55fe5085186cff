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
