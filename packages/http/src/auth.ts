import jwt, { type Secret } from '@fastify/jwt'
import { systemClock, type Logger, type Metrics } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { baseErrors, Problem } from './errors.ts'
import { inlineKeys, KeysUnavailable, remoteKeys } from './jwks.ts'
import type { SignedToken } from './key-set.ts'
import { principalOf, type AuthOptions, type Principal } from './principal.ts'
import { createRefusedTokens } from './refused-tokens.ts'
import { createTokenCache } from './token-cache.ts'
import type { App } from './types.ts'

/** A verified token is trusted again for at most this long, so that a withdrawn key stops working soon. */
const trustMs = 5 * 60_000
const maxTokens = 10_000
/** Longer tokens are refused unread. */
const maxTokenLength = 8_192

function unauthenticated (detail: string, error = 'invalid_token'): Problem {
  const challenge = error === '' ? 'Bearer' : `Bearer error="${error}"`
  return new Problem(baseErrors.unauthenticated, { detail, headers: { 'www-authenticate': challenge } })
}

function bearerOf (request: FastifyRequest): string {
  const header = request.headers.authorization
  if (header === undefined) throw unauthenticated('no Authorization header', '')
  const token = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1]
  if (token !== undefined && token.length <= maxTokenLength) return token
  throw unauthenticated('the Authorization header must be "Bearer <token>"', 'invalid_request')
}

/** What went wrong with a token, in words that help its owner and tell an attacker nothing. */
function refusal (error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof KeysUnavailable) {
    return new Problem(baseErrors.unavailable, {
      detail: error.message,
      headers: { 'retry-after': '10' },
      cause: error
    })
  }
  const { code, message } = error as { code?: unknown, message?: unknown }
  const expired = code === 'FST_JWT_AUTHORIZATION_TOKEN_EXPIRED'
  const answer = unauthenticated(expired ? 'the token has expired' : 'the token is not valid here')
  // What the verifier says names claims and algorithms, not their values: for the log only.
  if (!expired) answer.cause = String(message)
  return answer
}

function reasonOf ({ cause, message }: Problem): string {
  return typeof cause === 'string' ? cause.replace(/^Authorization token is invalid: /, '') : message
}

/** Makes sure a request has a principal, or throws the problem it ends with. */
export type Authenticate = (request: FastifyRequest) => Principal | Promise<Principal>

/** @throws TypeError when not exactly one of `jwks` and `jwksUrl` is given */
export function assertAuthOptions ({ jwks, jwksUrl }: AuthOptions): void {
  if ((jwks === undefined) === (jwksUrl === undefined)) throw new TypeError('auth needs one of jwks and jwksUrl')
}

/**
 * Registers token verification: signature, `iss`, `aud`, `exp` and `nbf`, by the machine's clock as issuers do.
 */
export async function registerAuth (
  app: App,
  options: AuthOptions,
  { logger, metrics }: { logger: Logger, metrics: Metrics }
): Promise<Authenticate> {
  const { issuer, audience, jwks, jwksUrl, algorithms = ['RS256', 'ES256', 'EdDSA'] } = options
  const clock = systemClock
  const keys = jwksUrl === undefined ? inlineKeys(jwks ?? { keys: [] }) : remoteKeys({ jwksUrl, clock, logger })
  const remembered = createTokenCache<Principal>(maxTokens)
  const refused = createRefusedTokens({ clock, logger, metrics })

  await app.register(jwt, {
    decode: { complete: true },
    // The types know only the form without callback of one argument; the plugin calls it with request and token.
    secret: (async (_request: FastifyRequest, token: SignedToken) => {
      const pem = await keys.pem(token)
      if (pem === undefined) throw unauthenticated('the token is signed with a key that its issuer does not publish')
      return pem
    }) as unknown as Secret,
    verify: {
      algorithms: [...algorithms],
      allowedIss: issuer,
      allowedAud: typeof audience === 'string' ? audience : [...audience],
      // fast-jwt compares a claim only when it is there.
      requiredClaims: ['iss', 'aud', 'exp', 'sub'],
      clockTolerance: 5_000
    }
  })

  function refuse (error: unknown): Problem {
    const answer = refusal(error)
    refused.note(reasonOf(answer))
    return answer
  }

  async function verify (request: FastifyRequest, token: string): Promise<Principal> {
    const claims = await request.jwtVerify<Record<string, unknown>>().catch((error: unknown) => {
      throw refuse(error)
    })
    const principal = principalOf(claims, options)
    if ('missing' in principal) throw refuse(unauthenticated(principal.missing))
    remembered.set(token, principal, Math.min(Number(claims['exp']) * 1000, clock.now() / 1000 + trustMs))
    return principal
  }

  function tokenOf (request: FastifyRequest): string {
    try {
      return bearerOf(request)
    } catch (error) {
      throw refuse(error)
    }
  }

  return (request) => {
    const token = tokenOf(request)
    return remembered.get(token, clock.now() / 1000) ?? verify(request, token)
  }
}

/** Ends the request with 403 unless the caller has one of the roles that the operation names. */
export function requireRole (principal: Principal, allowed: readonly string[]): void {
  for (const role of principal.roles) {
    if (allowed.includes(role)) return
  }
  throw new Problem(baseErrors.forbidden, { detail: `this operation is for: ${allowed.join(', ')}` })
}

/** The hook that stands before everything else a protected request costs. */
export function authHook (authenticate: Authenticate | undefined) {
  return function authenticateRequest (
    request: FastifyRequest,
    _reply: FastifyReply,
    done: (error?: Error) => void
  ): void {
    const { roles } = request.routeOptions.config
    if (roles === undefined || roles === 'public') return done()
    if (authenticate === undefined) return done(unauthenticated('no token issuer is configured'))
    const accept = (principal: Principal) => {
      request.principal = principal
      requireRole(principal, roles)
    }
    try {
      const principal = authenticate(request)
      if (principal instanceof Promise) {
        principal.then(accept).then(() => done(), done)
        return
      }
      accept(principal)
    } catch (error) {
      return done(error as Error)
    }
    done()
  }
}
