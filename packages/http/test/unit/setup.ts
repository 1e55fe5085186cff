import { constants, generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import { createLogger, createMetrics, systemClock, systemIds } from '@dueline/runtime'
import type { AuthOptions, TrustedIssuer } from '../../src/index.ts'

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

export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA' | 'Ed25519'

function part (value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** How `crypto.sign` makes each: hash, and what goes with the key. */
const signing: Record<string, [hash: string | null, how?: object]> = {
  PS256: ['sha256', { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }],
  ES256: ['sha256', { dsaEncoding: 'ieee-p1363' }],
  ES384: ['sha384', { dsaEncoding: 'ieee-p1363' }],
  EdDSA: [null],
  Ed25519: [null]
}

/** A signed token of any shape, also wrong ones. */
export function signToken (header: Record<string, unknown>, claims: Record<string, unknown>, key: KeyObject): string {
  const input = `${part(header)}.${part(claims)}`
  const [hash, how] = signing[String(header['alg'])] ?? ['sha256']
  const signature = sign(hash, Buffer.from(input), { key, ...how })
  return `${input}.${signature.toString('base64url')}`
}

export function keyPair (alg: Algorithm) {
  if (alg === 'RS256' || alg === 'PS256') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return alg === 'ES384' ? generateKeyPairSync('ec', { namedCurve: 'P-384' }) : generateKeyPairSync('ed25519')
}

/** A small issuer; the one of testkit cannot be used here, it depends on this package. */
export function testIssuer (
  { alg = 'ES256', kid = 'k1', ...trust }: { alg?: Algorithm, kid?: string } & Partial<TrustedIssuer> = {}
) {
  const { privateKey, publicKey } = keyPair(alg)
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } as JsonWebKey & { kid: string }
  const trusted: TrustedIssuer = {
    issuer: 'https://issuer.test',
    audiences: ['dueline'],
    tenant: { claim: 'tenant' },
    person: { ids: true, externalIds: true },
    jwks: { keys: [jwk] },
    ...trust
  }
  const auth: AuthOptions = { issuers: [trusted] }
  const seconds = Math.floor(systemClock.now() / 1e6)
  return {
    auth,
    trusted,
    jwk,
    privateKey,
    publicKey,
    token (claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
      return signToken({ alg, kid, typ: 'JWT', ...header }, {
        iss: trusted.issuer,
        aud: trusted.audiences[0],
        sub: 'person-1',
        iat: seconds,
        exp: seconds + 600,
        ...claims
      }, privateKey)
    }
  }
}
