import { join } from 'node:path'
import type { Clock } from '@dueline/runtime'
import type { Role } from '@dueline/contracts'
import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose'
import { storedFile } from './stored-file.ts'

/** The embedded stack's own token issuer. Production uses any OIDC issuer with a JWKS. */
export interface Issuer {
  readonly issuer: string
  readonly audience: string
  readonly jwks: { keys: JWK[] }
  /** A signed token for one person. @param lifetimeSeconds until it expires */
  token(claims: { tenant: string, personId: string, roles: Role[] }, lifetimeSeconds: number): Promise<string>
}

/** How long a token of an embedded stack lasts. */
export const embeddedTokenSeconds = 7 * 86_400

const issuer = 'https://embedded.dueline.dev'
const audience = 'dueline'

/** Loads the signing key of `folder`, or makes one on first use, so that tokens stay valid over restarts. */
export async function loadIssuer (folder: string, clock: Clock): Promise<Issuer> {
  const jwk = JSON.parse(await storedFile(join(folder, 'issuer-key.json'), makeKey)) as JWK
  const key = await importJWK(jwk, 'ES256')
  const { d, ...publicJwk } = jwk
  return {
    issuer,
    audience,
    jwks: { keys: [publicJwk as JWK] },
    token: ({ tenant, personId, roles }, lifetimeSeconds) => {
      const nowSeconds = Math.floor(clock.now() / 1e6)
      return new SignJWT({ tenant, roles })
        .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', typ: 'JWT' })
        .setIssuer(issuer).setAudience(audience).setSubject(personId)
        .setIssuedAt(nowSeconds).setExpirationTime(nowSeconds + lifetimeSeconds)
        .sign(key)
    }
  }
}

async function makeKey (): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return JSON.stringify({ ...await exportJWK(privateKey), kid: 'embedded', alg: 'ES256', use: 'sig' })
}
