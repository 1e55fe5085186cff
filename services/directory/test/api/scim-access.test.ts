import { formatInstant } from '@dueline/business-time'
import t from 'tap'
import { startScim } from './scim-support.ts'

t.test('what there is says itself, and needs a token too', async (t) => {
  const { scim } = await startScim(t)
  const config = await scim('GET', '/ServiceProviderConfig')
  t.match(config, { status: 200, type: /^application\/scim\+json/, body: { patch: { supported: true } } })
  t.match((await scim('GET', '/ResourceTypes')).body, { totalResults: 2, Resources: [{ id: 'User' }, { id: 'Group' }] })
  t.match((await scim('GET', '/ResourceTypes/Group')).body, { endpoint: '/Groups' })
  const { body: { Resources } } = await scim('GET', '/Schemas')
  for (const { id } of Resources) t.match(await scim('GET', `/Schemas/${id}`), { status: 200, body: { id } })
  t.match(await scim('GET', '/Schemas/urn:none'), { status: 404, body: { status: '404' } })
  t.match(await scim('GET', '/Schemas?filter=id%20pr'), { status: 403, body: { status: '403' } })
  for (const path of ['/Schemas', '/Groups', '/Nothing']) {
    t.equal((await scim('GET', path, undefined, { by: null })).status, 401, path)
  }
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    t.match(await scim(method, '/Nothing'), { status: 404, type: /scim\+json/, body: { status: '404' } }, method)
  }
  t.match(await scim('DELETE', '/Schemas'), { status: 405, body: { status: '405' } })
  t.match(await scim('PUT', '/Groups', {}), { status: 405, body: { status: '405' } })
})

t.test('tokens of issuers and API keys are none here; a SCIM token ends, is rotated and revoked', async (t) => {
  const { scim, issuer, call, token, clock } = await startScim(t)
  const jwt = await issuer.token({ tenant: 'acme', roles: ['admin'] })
  for (const by of [jwt, token.replace('dls_', 'dlk_'), `${token.slice(0, -1)}_`, `${token}x`, 'x']) {
    const answer = await scim('GET', '/Groups', undefined, { by })
    t.match(answer, { status: 401, body: { schemas: [/Error$/], status: '401', detail: /SCIM token/ } })
    t.match(answer.headers['www-authenticate'], /^Bearer/)
  }
  t.equal((await scim('GET', '/Groups')).status, 200)
  const [{ id, createdAt, lastUsedAt }] = (await call('GET', '/scim-tokens')).body.items
  t.ok(lastUsedAt >= createdAt && lastUsedAt <= formatInstant(clock.now()), 'never before it was made')
  const { body: { token: next } } = await call('POST', `/scim-tokens/${id}/rotate`, { body: { overlapSeconds: 60 } })
  t.equal((await scim('GET', '/Groups')).status, 200, 'the old one holds for the overlap')
  t.equal((await scim('GET', '/Groups', undefined, { by: next })).status, 200)
  await call('POST', `/scim-tokens/${id}/rotate`, { body: { overlapSeconds: 0 } })
  t.equal((await scim('GET', '/Groups')).status, 401, 'the one before the last ends at once')
  t.equal((await scim('GET', '/Groups', undefined, { by: next })).status, 401, 'and the last without an overlap')
  const last = (await call('POST', `/scim-tokens/${id}/rotate`)).body.token
  t.equal((await scim('GET', '/Groups', undefined, { by: last })).status, 200)
  await call('DELETE', `/scim-tokens/${id}`)
  t.match((await scim('GET', '/Groups', undefined, { by: last })).body, { detail: 'the SCIM token was revoked' })
})

t.test('what cannot be read is refused in the form of SCIM', async (t) => {
  const { scim } = await startScim(t)
  const error = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400' }
  t.match(await scim('POST', '/Groups', '{"a":'), { status: 400, type: /scim\+json/, body: error })
  t.match(await scim('POST', '/Groups', '[]'), { status: 400, body: { ...error, scimType: 'invalidSyntax' } })
  t.match(await scim('POST', '/Groups'), { status: 400, body: { ...error, scimType: 'invalidSyntax' } })
  t.match(await scim('POST', '/Groups', '{"__proto__":{"a":1}}'), { status: 400, body: error })
  t.match(await scim('POST', '/Groups', '{}', { headers: { 'content-type': 'text/csv' } }), {
    status: 415,
    body: { status: '415' }
  })
  t.match(await scim('POST', '/Groups', `"${'x'.repeat(1_100_000)}"`), { status: 413, body: { status: '413' } })
  for (const query of ['count=x', 'startIndex=1.5']) {
    t.match(await scim('GET', `/Groups?${query}`), { status: 400, body: { scimType: 'invalidValue' } }, query)
  }
  t.match(await scim('GET', '/Groups?filter=displayName'), { status: 400, body: { scimType: 'invalidFilter' } })
  t.match(await scim('GET', '/Groups?sortBy=shoe'), { status: 400, body: { scimType: 'invalidPath' } })
})
