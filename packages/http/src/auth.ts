import { systemClock, type Clock, type Logger, type Metrics } from '@dueline/runtime'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import { callerOf, type Caller, type Claims } from './claims.ts'
import { baseErrors, Problem } from './errors.ts'
import { algorithmsByDefault, faultsOfIssuers, type TrustedIssuer } from './issuers.ts'
import { inlineKeys, KeysUnavailable, remoteKeys, type KeySource } from './jwks.ts'
import type { SignedToken } from './key-set.ts'
import { knownAs, refuseUnlinked } from './people.ts'
import type { AuthOptions, Principal } from './principal.ts'
import { createRefusedTokens } from './refused-tokens.ts'
import { createTokenCache } from './token-cache.ts'

/** A verified token is trusted again for at most this long, so that a withdrawn key stops working soon. */
const trustMs = 5 * 60_000
const maxTokens = 10_000
/** How long what could not be asked is taken for granted. */
const unsureMs = 5_000
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
  const { message } = error as { message?: unknown }
  const expired = error instanceof errors.JWTExpired
  const answer = unauthenticated(expired ? 'the token has expired' : 'the token is not valid here')
  // What the verifier says names claims and algorithms, not their values: for the log only.
  if (!expired) answer.cause = String(message)
  return answer
}

function reasonOf ({ cause, message }: Problem): string {
  return typeof cause === 'string' ? cause : message
}

/** Makes sure a request has a principal, or throws the problem it ends with. */
export type Authenticate = (request: FastifyRequest) => Principal | Promise<Principal>

/** @throws TypeError when an issuer has not exactly one of `jwks` and `jwksUrl`, or two issuers are the same */
export function assertAuthOptions ({ issuers }: AuthOptions): void {
  for (const { issuer, jwks, jwksUrl } of issuers) {
    if ((jwks === undefined) === (jwksUrl === undefined)) throw new TypeError(`${issuer} needs one of jwks and jwksUrl`)
  }
  const [fault] = faultsOfIssuers(issuers)
  if (fault !== undefined) throw new TypeError(`issuers${fault.pointer} ${fault.message}`)
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
function unverified (token: string): { issuer: unknown, signed: SignedToken } {
  const [head = '', payload = '', signature = '', ...more] = token.split('.')
  try {
    if (more.length > 0) throw new TypeError('more than three parts')
    const { iss: issuer } = decodeJwt(token)
    return { issuer, signed: { header: decodeProtectedHeader(token), input: `${head}.${payload}`, signature } }
  } catch {
    throw unauthenticated('the token is not valid here')
  }
}

/**
 * The claims of a token whose signature, `iss`, `aud`, `exp` and `nbf` are right, by the machine's clock as issuers do.
 */
async function verified (token: string, signed: SignedToken, { issuer, keys, algorithms }: Keyring): Promise<Claims> {
  const { alg } = signed.header
  if (typeof alg !== 'string' || !algorithms.includes(alg)) throw new errors.JOSEAlgNotAllowed('its algorithm')
  const key = await keys.key(signed)
  if (key === undefined) throw unauthenticated('the token is signed with a key that its issuer does not publish')
  const hasAudience = decodeJwt(token).aud !== undefined || issuer.withoutAudience !== true
  const { payload } = await jwtVerify(token, key, {
    algorithms: [...algorithms],
    issuer: issuer.issuer,
    ...(hasAudience ? { audience: [...issuer.audiences] } : {}),
    requiredClaims: ['exp', 'sub'],
    clockTolerance: 5
  })
  return payload
}

/** Makes what checks tokens: each by the keys of the issuer that it names, and of no other. */
export function createAuthenticate (
  options: AuthOptions,
  { logger, metrics }: { logger: Logger, metrics: Metrics }
): Authenticate {
  const clock = systemClock
  const keyrings = new Map(options.issuers.map((each) => [each.issuer, keyringOf(each, { clock, logger })]))
  const { people } = options
  const remembered = createTokenCache<{ principal: Principal, changes: number }>(maxTokens)
  const pending = new Map<string, Promise<Principal>>()
  const refused = createRefusedTokens({ clock, logger, metrics })

  async function callerOfToken (token: string): Promise<Caller> {
    const { issuer, signed } = unverified(token)
    const keyring = typeof issuer === 'string' ? keyrings.get(issuer) : undefined
    if (keyring === undefined) throw unauthenticated('the token is of an issuer that is not trusted here')
    const caller = callerOf(await verified(token, signed, keyring), keyring.issuer)
    if ('missing' in caller) throw unauthenticated(caller.missing)
    return caller
  }

  async function verify (token: string): Promise<Principal> {
    const changes = people?.changes() ?? 0
    const caller = await callerOfToken(token).catch((error: unknown) => {
      throw refuse(error)
    })
    const { tenantId, roles, subject, id, alias, tokenEndsAt } = caller
    // who has no role is refused, whoever it is
    const { isSure, ...known } = people === undefined || roles.length === 0
      ? { personId: id ?? alias, isSure: true }
      : await knownAs(caller, async () => await people.idOf(caller, `Bearer ${token}`))
    const principal: Principal = { tenantId, roles, subject, tokenEndsAt, ...known }
    const ms = isSure ? Math.min(trustMs, people?.trustMs ?? trustMs) : unsureMs
    const untilMs = Math.min(tokenEndsAt / 1000, clock.now() / 1000 + ms)
    // who is none of the people yet may be one at the next request
    if (principal.unlinked == null) remembered.set(token, { principal, changes }, untilMs)
    return principal
  }

  function recall (token: string): Principal | undefined {
    const known = remembered.get(token, clock.now() / 1000)
    return known?.changes === (people?.changes() ?? 0) ? known.principal : undefined
  }

  /** Requests that come together with a new token ask once. */
  function verifyOnce (token: string): Promise<Principal> {
    let verifying = pending.get(token)
    if (verifying === undefined) {
      verifying = verify(token).finally(() => pending.delete(token))
      pending.set(token, verifying)
    }
    return verifying
  }

  function refuse (error: unknown): Problem {
    const answer = refusal(error)
    refused.note(reasonOf(answer))
    return answer
  }

  return (request) => {
    let token: string
    try {
      token = bearerOf(request)
    } catch (error) {
      throw refuse(error)
    }
    return recall(token) ?? verifyOnce(token)
  }
}

/** Ends the request with 403 unless the caller has one of the roles that the operation names. */
export function requireRole (principal: Principal, allowed: readonly string[]): void {
  for (const role of principal.roles) {
    if (allowed.includes(role)) return
  }
  throw new Problem(baseErrors.forbidden, { detail: `this operation is for: ${allowed.join(', ')}` })
}

/** Whether a ticket stands for the token, where that may be. */
function bringsTicket (request: FastifyRequest): boolean {
  const { ticket } = request.query as { ticket?: unknown }
  return request.routeOptions.config.ticket === true && request.headers.authorization === undefined &&
    ticket !== undefined
}

/** The hook that stands before everything else a protected request costs. */
export function authHook (authenticate: Authenticate | undefined) {
  return function authenticateRequest (
    request: FastifyRequest,
    _reply: FastifyReply,
    done: (error?: Error) => void
  ): void {
    const { roles, unlinked } = request.routeOptions.config
    if (roles === undefined || roles === 'public' || bringsTicket(request)) return done()
    if (authenticate === undefined) return done(unauthenticated('no token issuer is configured'))
    const accept = (principal: Principal) => {
      request.principal = principal
      requireRole(principal, roles)
      if (principal.unlinked != null && unlinked !== true) {
        throw refuseUnlinked(principal.tenantId, principal.unlinked)
      }
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
