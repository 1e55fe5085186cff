import { readFileSync } from 'node:fs'
import t from 'tap'
import { callerOf, type Claims } from '../../src/claims.ts'
import { buildHttp, faultsOfIssuers, type TrustedIssuer } from '../../src/index.ts'
import { options, testIssuer } from './setup.ts'

const page = readFileSync(
  new URL('../../../../docs/howto/sign-in-with-your-identity-provider.md', import.meta.url),
  'utf8'
)

/** The sections of the page: entry, claims of a token, and what comes of both. */
const sections = page.split('\n## ').slice(1).map((text) => {
  const blocks = [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => JSON.parse(json) as object)
  const [issuer, claims, caller] = blocks as [TrustedIssuer, Claims, object]
  return { name: text.split('\n', 1)[0] ?? '', issuer, claims, caller }
})

t.test('each entry of the how-to page makes of its token the caller that it says', async (t) => {
  t.same(sections.map(({ name }) => name), ['Keycloak', 'Microsoft Entra ID', 'Auth0'])
  t.same(faultsOfIssuers(sections.map(({ issuer }) => issuer)), [], 'all three may stand in one list')
  for (const { name, issuer, claims, caller } of sections) {
    t.match(callerOf(claims, issuer), { ...caller, id: null }, name)
    const { jwksUrl: _, ...trust } = issuer
    const signer = testIssuer({ ...trust, alg: 'RS256' })
    const app = buildHttp({ ...options(), errors: {}, auth: signer.auth })
    const config = { roles: ['agent', 'manager', 'customer'] as const }
    app.get('/v1/who', { config, schema: { operationId: 'who' } }, async ({ principal }) => principal)
    const ask = async (change: object) =>
      (await app.inject({
        url: '/v1/who',
        headers: { authorization: `Bearer ${signer.token({ ...claims, ...change })}` }
      })).json()
    t.match(await ask({}), { subject: `${issuer.issuer} ${String(claims['sub'])}` }, `${name}, signed`)
    t.match(await ask({ aud: 'account' }), { status: 401 }, `${name}, for another application`)
    await app.close()
  }
})

t.test('organizations of Keycloak as a list, and several of them', async (t) => {
  const [{ issuer, claims }] = sections as [typeof sections[number]]
  t.match(callerOf({ ...claims, organization: ['acme'] }, issuer), { tenantId: 'acme' })
  t.match(callerOf({ ...claims, organization: ['acme', 'globex'] }, issuer), { missing: /several tenants/ })
})
