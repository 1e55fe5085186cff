import { systemClock, type Logger, type Metrics } from '@dueline/runtime'
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import { createKeyCallers } from './api-key-callers.ts'
import { isLikeApiKey } from './api-key.ts'
import { requireScope } from './api-keys.ts'
import type { Caller } from './claims.ts'
import { baseErrors, Problem } from './errors.ts'
import { faultsOfIssuers } from './issuers.ts'
import { knownAs, refuseUnlinked, type People } from './people.ts'
import type { AuthOptions, Principal } from './principal.ts'
import { createRefusedTokens } from './refused-tokens.ts'
import { createTokenCache } from './token-cache.ts'
import type { App } from './types.ts'
import { refusal, registerVerifier, unauthenticated } from './verifier.ts'

/** A verified token is trusted again for at most this long, so that a withdrawn key stops working soon. */
const trustMs = 5 * 60_000
const maxTokens = 10_000
/** How long what could not be asked is taken for granted. */
const unsureMs = 5_000
/** Longer tokens are refused unread. */
const maxTokenLength = 8_192

/** The token of a request. @throws Problem 401 */
export function bearerOf (request: FastifyRequest): string {
  const header = request.headers.authorization
  if (header === undefined) throw unauthenticated('no Authorization header', '')
  const token = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1]
  if (token !== undefined && token.length <= maxTokenLength) return token
  throw unauthenticated('the Authorization header must be "Bearer <token>"', 'invalid_request')
}

function reasonOf ({ cause, message }: Problem): string {
  return typeof cause === 'string' ? cause : message
}

/** Finds out who calls, or throws the problem that the request ends with. */
export interface Callers {
  of(token: string): Principal | Promise<Principal>
  /** Asks whoever knows, whatever is remembered. */
  askedAnew(token: string): Promise<Principal>
  /** Counts and explains a refusal. */
  refuse(error: unknown): Problem
}

/** @throws TypeError when an issuer has not exactly one of `jwks` and `jwksUrl`, or two issuers are the same */
export function assertAuthOptions ({ issuers }: AuthOptions): void {
  for (const { issuer, jwks, jwksUrl } of issuers) {
    if ((jwks === undefined) === (jwksUrl === undefined)) throw new TypeError(`${issuer} needs one of jwks and jwksUrl`)
  }
  const [fault] = faultsOfIssuers(issuers)
  if (fault !== undefined) throw new TypeError(`issuers${fault.pointer} ${fault.message}`)
}

/** Who the caller of a token is among the people. `isSure`: nobody who could say it was away. */
async function principalOf (
  caller: Caller,
  people: People | undefined,
  token: string
): Promise<{ principal: Principal, isSure: boolean }> {
  const { tenantId, roles, subject, id, alias, tokenEndsAt } = caller
  // who has no role is refused, whoever it is
  const { isSure, ...known } = people === undefined || roles.length === 0
    ? { personId: id ?? alias, isSure: true }
    : await knownAs(caller, async () => await people.idOf(caller, `Bearer ${token}`))
  return { principal: { tenantId, roles, subject, tokenEndsAt, ...known }, isSure }
}

/** Registers what finds out who calls. */
export async function registerAuth (
  app: App,
  options: AuthOptions,
  { logger, metrics }: { logger: Logger, metrics: Metrics }
): Promise<Callers> {
  const clock = systemClock
  const callerOfToken = await registerVerifier(app, options.issuers, { clock, logger })
  const { people, keys } = options
  const remembered = createTokenCache<{ principal: Principal, changes: number }>(maxTokens)
  const changesOf = () => people?.changes() ?? 0
  const keyCallers = createKeyCallers(keys, { clock, maxKeys: maxTokens, changes: changesOf })
  const pending = new Map<string, Promise<Principal>>()
  const refused = createRefusedTokens({ clock, logger, metrics })

  const rethrow = (error: unknown): never => {
    throw refuse(error)
  }

  async function verify (token: string): Promise<Principal> {
    const changes = changesOf()
    if (isLikeApiKey(token)) {
      const { principal, untilMs } = await keyCallers.find(token).catch(rethrow)
      remembered.set(token, { principal, changes }, untilMs)
      return principal
    }
    const caller = await callerOfToken(token).catch(rethrow)
    const { principal, isSure } = await principalOf(caller, people, token)
    const ms = isSure ? Math.min(trustMs, people?.trustMs ?? trustMs) : unsureMs
    const untilMs = Math.min(principal.tokenEndsAt / 1000, clock.now() / 1000 + ms)
    // who is none of the people yet may be one at the next request
    if (principal.unlinked == null) remembered.set(token, { principal, changes }, untilMs)
    return principal
  }

  function recall (token: string): Principal | undefined {
    const known = remembered.get(token, clock.now() / 1000)
    return known?.changes === changesOf() ? known.principal : undefined
  }

  /** Requests that come together with a new token ask once; who comes after a change asks anew. */
  function verifyOnce (token: string): Promise<Principal> {
    const name = `${changesOf()} ${token}`
    let verifying = pending.get(name)
    if (verifying === undefined) {
      verifying = verify(token).finally(() => pending.delete(name))
      pending.set(name, verifying)
    }
    return verifying
  }

  function refuse (error: unknown): Problem {
    const answer = refusal(error)
    refused.note(reasonOf(answer))
    return answer
  }

  return {
    of (token) {
      const known = recall(token)
      if (known !== undefined) return known
      const refusal = keyCallers.refusedBefore(token)
      if (refusal !== undefined) throw refuse(refusal)
      return verifyOnce(token)
    },
    askedAnew: verifyOnce,
    refuse
  }
}

/** Ends the request of a caller who may not take the operation. */
function admit (principal: Principal, { roles = [], unlinked, scope }: FastifyContextConfig): Principal {
  if (roles !== 'public') requireRole(principal, roles)
  requireScope(principal, scope)
  if (principal.unlinked != null && unlinked !== true) throw refuseUnlinked(principal.tenantId, principal.unlinked)
  return principal
}

/**
 * Who has a token, as a request that brings it to the operation now would be answered: for answers that go on.
 * `anew`: whatever is remembered.
 */
export type CallerNow = (token: string, operation: FastifyContextConfig, how?: { anew: boolean }) => Promise<Principal>

export function callerNow (callers: Callers): CallerNow {
  return async (token, operation, { anew } = { anew: false }) =>
    admit(await (anew ? callers.askedAnew(token) : callers.of(token)), operation)
}

/** Ends the request with 403 unless the caller has one of the roles that the operation names. */
export function requireRole (principal: Principal, allowed: readonly string[]): void {
  for (const role of principal.roles) {
    if (allowed.includes(role)) return
  }
  throw new Problem(baseErrors.forbidden, { detail: `this operation is for: ${allowed.join(', ')}` })
}

/** Whether a ticket stands for the token, where that may be; HEAD opens nothing, and must not use one up. */
function bringsTicket (request: FastifyRequest): boolean {
  const { ticket } = request.query as { ticket?: unknown }
  return request.routeOptions.config.ticket === true && request.method !== 'HEAD' &&
    request.headers.authorization === undefined && ticket !== undefined
}

function tokenOf (request: FastifyRequest, { refuse }: Callers): string {
  try {
    return bearerOf(request)
  } catch (error) {
    throw refuse(error)
  }
}

/** The hook that stands before everything else a protected request costs. */
export function authHook (callers: Callers | undefined) {
  return function authenticateRequest (
    request: FastifyRequest,
    _reply: FastifyReply,
    done: (error?: Error) => void
  ): void {
    const { config } = request.routeOptions
    if (config.roles === undefined || config.roles === 'public' || bringsTicket(request)) return done()
    if (callers === undefined) return done(unauthenticated('no token issuer is configured'))
    const accept = (principal: Principal) => {
      request.principal = principal
      admit(principal, config)
    }
    try {
      const principal = callers.of(tokenOf(request, callers))
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
