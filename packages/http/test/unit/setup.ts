import { generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import { createLogger, createMetrics, systemClock, systemIds } from '@dueline/runtime'
import type { AuthOptions } from '../../src/index.ts'

/** What `buildHttp` needs besides errors and auth. */
export function options () {
  return {
    service: 'test',
    version: '1.2.3',
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createMetrics('test'),
    clock: systemClock,
    ids: systemIds,
    ready: async () => []
  }
}

export type Algorithm = 'RS256' | 'ES256' | 'EdDSA'

function part (value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A signed token of any shape, also wrong ones. */
export function signToken (header: Record<string, unknown>, claims: Record<string, unknown>, key: KeyObject): string {
  const input = `${part(header)}.${part(claims)}`
  const signature = sign(
    header['alg'] === 'EdDSA' ? null : 'sha256',
    Buffer.from(input),
    header['alg'] === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key
  )
  return `${input}.${signature.toString('base64url')}`
}

export function keyPair (alg: Algorithm) {
  if (alg === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
}

/** A small issuer; the one of testkit cannot be used here, it depends on this package. */
export function testIssuer ({ alg = 'ES256', kid = 'k1' }: { alg?: Algorithm, kid?: string } = {}) {
  const { privateKey, publicKey } = keyPair(alg)
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } as JsonWebKey & { kid: string }
  const auth = { issuer: 'https://issuer.test', audience: 'dueline', jwks: { keys: [jwk] } } satisfies AuthOptions
  const seconds = Math.floor(systemClock.now() / 1e6)
  return {
    auth,
    jwk,
    privateKey,
    publicKey,
    token (claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
      return signToken({ alg, kid, typ: 'JWT', ...header }, {
        iss: auth.issuer,
        aud: auth.audience,
        sub: 'person-1',
        iat: seconds,
        exp: seconds + 600,
        ...claims
      }, privateKey)
    }
  }
}
