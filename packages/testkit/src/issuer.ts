import { generateKeyPairSync } from 'node:crypto'
import type { Role } from '@dueline/contracts'
import type { AuthOptions } from '@dueline/http'
import { SignJWT } from 'jose'
import type { JWK } from 'jose'

/** What a token says. Everything but the tenant has a default that is accepted. */
export interface TokenClaims {
  tenant: string
  /** The person; default is one fixed UUID. */
  sub?: string
  /** Default `['agent']`. */
  roles?: readonly Role[]
  /** Seconds from now until it expires, negative for an expired one; default 3,600. */
  expiresInSeconds?: number
  issuer?: string
  audience?: string
  /** Further claims, or `undefined` to leave one out. */
  claims?: Record<string, unknown>
}

/** An identity provider for tests. */
export interface TestIssuer {
  /** What a service needs to accept its tokens; the keys are inline, so nothing is fetched. */
  auth: AuthOptions
  jwks: { keys: JWK[] }
  token(claims: TokenClaims): Promise<string>
  /** The header object for an injected request: `{ authorization: 'Bearer …' }`. */
  bearer(claims: TokenClaims): Promise<{ authorization: string }>
}

/** Whose token a request carries; null for a request without one. */
export interface Bearer {
  tenant: string
  roles: readonly Role[] | null
  person?: string | undefined
}

/** Header objects for injected requests; the token of each bearer is made once. */
export function bearersOf (issuer: TestIssuer): (bearer: Bearer) => Promise<{ authorization?: string }> {
  const made = new Map<string, Promise<{ authorization: string }>>()
  return async ({ tenant, roles, person }) => {
    if (roles === null) return {}
    const key = JSON.stringify([tenant, roles, person])
    const headers = made.get(key) ?? issuer.bearer({ tenant, roles, ...(person === undefined ? {} : { sub: person }) })
    made.set(key, headers)
    return await headers
  }
}

/** Makes an issuer with an ES256 key of its own; tokens of another one are refused. */
export function testIssuer ({ issuer = 'https://issuer.test', audience = 'dueline' } = {}): TestIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'test-1', alg: 'ES256', use: 'sig' } as JWK
  const jwks = { keys: [jwk] }

  async function token (wanted: TokenClaims): Promise<string> {
    const expires = wanted.expiresInSeconds ?? 3_600
    const claims = {
      tenant: wanted.tenant,
      sub: wanted.sub ?? '01900000-0000-7000-8000-0000000000aa',
      roles: wanted.roles ?? ['agent'],
      ...wanted.claims
    }
    return await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'test-1', typ: 'JWT' })
      .setIssuer(wanted.issuer ?? issuer)
      .setAudience(wanted.audience ?? audience)
      .setIssuedAt(expires < 0 ? `${expires - 60}s` : '0s')
      .setExpirationTime(`${expires}s`)
      .sign(privateKey)
  }

  return {
    auth: {
      issuers: [{
        issuer,
        jwks,
        audiences: [audience],
        algorithms: ['ES256'],
        tenant: { claim: 'tenant' },
        person: { ids: true }
      }]
    },
    jwks,
    token,
    bearer: async (claims) => ({ authorization: `Bearer ${await token(claims)}` })
  }
}
