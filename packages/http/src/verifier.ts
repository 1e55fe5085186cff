import jwt, { type JWT, type VerifyOptions } from '@fastify/jwt'
import type { Clock, Logger } from '@dueline/runtime'
import { callerOf, type Caller, type Claims } from './claims.ts'
import { baseErrors, Problem } from './errors.ts'
import { algorithmsByDefault, type TrustedIssuer } from './issuers.ts'
import { inlineKeys, KeysUnavailable, remoteKeys, type KeySource } from './jwks.ts'
import type { SignedToken } from './key-set.ts'
import type { App } from './types.ts'

/** The refusal of a token; `error` is that of RFC 6750, empty where there is no token. */
export function unauthenticated (detail: string, error = 'invalid_token'): Problem {
  const challenge = error === '' ? 'Bearer' : `Bearer error="${error}"`
  return new Problem(baseErrors.unauthenticated, { detail, headers: { 'www-authenticate': challenge } })
}

/** What went wrong with a token, in words that help its owner and tell an attacker nothing. */
export function refusal (error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof KeysUnavailable) {
    return new Problem(baseErrors.unavailable, {
      detail: error.message,
      headers: { 'retry-after': '10' },
      cause: error
    })
  }
  const { code, message } = error as { code?: unknown, message?: unknown }
  const expired = code === 'FAST_JWT_EXPIRED'
  const answer = unauthenticated(expired ? 'the token has expired' : 'the token is not valid here')
  // What the verifier says names claims and algorithms, not their values: for the log only. This one has an instant.
  if (!expired) answer.cause = code === 'FAST_JWT_INACTIVE' ? 'the token is not valid yet' : String(message)
  return answer
}

interface Keyring {
  readonly issuer: TrustedIssuer
  readonly keys: KeySource
  readonly algorithms: readonly string[]
}

function keyringOf (issuer: TrustedIssuer, { clock, logger }: { clock: Clock, logger: Logger }): Keyring {
  const { jwks, jwksUrl, algorithms = algorithmsByDefault } = issuer
  const keys = jwksUrl === undefined ? inlineKeys(jwks ?? { keys: [] }) : remoteKeys({ jwksUrl, clock, logger })
  const both = algorithms.flatMap((name) => name === 'EdDSA' || name === 'Ed25519' ? ['EdDSA', 'Ed25519'] : name)
  return { issuer, keys, algorithms: both }
}

/** What a token says of itself: nothing of it is believed before its signature is checked. */
interface Unverified extends SignedToken {
  payload: Claims
}

/**
 * The claims of a token whose signature, `iss`, `aud`, `exp` and `nbf` are right, by the machine's clock as issuers do.
 */
async function verified (
  token: string,
  said: Unverified,
  { jwt, keyring: { issuer, keys, algorithms } }: { jwt: JWT, keyring: Keyring }
): Promise<Claims> {
  const { alg, crit } = said.header
  // no extension is known here, and the verifier overlooks an empty one
  if (crit !== undefined) throw new TypeError('its head asks for what is not known here')
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw new TypeError('its algorithm is not allowed')
  const key = await keys.key(said)
  if (key === undefined) throw unauthenticated('the token is signed with a key that its issuer does not publish')
  const hasAudience = said.payload['aud'] !== undefined || issuer.withoutAudience !== true
  return jwt.verify<Claims>(token, {
    key: key.export({ type: 'spki', format: 'pem' }),
    // its types do not know that it takes `Ed25519` too
    algorithms: [...algorithms] as VerifyOptions['algorithms'] & {},
    allowedIss: issuer.issuer,
    ...(hasAudience ? { allowedAud: [...issuer.audiences] } : {}),
    // a claim is compared only when it is there
    requiredClaims: ['iss', 'exp', 'sub', ...(hasAudience ? ['aud'] : [])],
    clockTolerance: 5_000
  })
}

/** The verifier, without a key of its own: each call brings the issuer, its key and what is allowed. */
async function registerJwt (app: App): Promise<JWT> {
  const secret = { public: async (): Promise<never> => await Promise.reject(new TypeError('a key must be given')) }
  await app.register(jwt, { secret, decode: { complete: true }, verify: {} })
  return app.jwt
}

/**
 * Registers what checks tokens, each by the keys of the issuer that it names and of no other, and says who the caller
 * is by what stands in it. The result throws what `refusal` puts into words.
 */
export async function registerVerifier (
  app: App,
  issuers: readonly TrustedIssuer[],
  tools: { clock: Clock, logger: Logger }
): Promise<(token: string) => Promise<Caller>> {
  const keyrings = new Map(issuers.map((each) => [each.issuer, keyringOf(each, tools)]))
  const verifier = await registerJwt(app)
  return async (token: string): Promise<Caller> => {
    const said = verifier.decode<Unverified>(token)
    const issuer = said?.payload['iss']
    const keyring = typeof issuer === 'string' ? keyrings.get(issuer) : undefined
    if (said === null || keyring === undefined) {
      throw unauthenticated('the token is of an issuer that is not trusted here')
    }
    const caller = callerOf(await verified(token, said, { jwt: verifier, keyring }), keyring.issuer)
    if ('missing' in caller) throw unauthenticated(caller.missing)
    return caller
  }
}
