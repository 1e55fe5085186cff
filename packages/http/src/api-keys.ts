import { parseInstant, type Micros } from '@dueline/business-time'
import { roles as everyRole, scopes as everyScope, type Role, type Scope } from '@dueline/contracts'
import type { ApiKeyParts } from './api-key.ts'
import { baseErrors, Problem } from './errors.ts'
import type { Principal } from './principal.ts'
import { UpstreamRefusal, type Upstream } from './upstream.ts'
import { unauthenticated } from './verifier.ts'

/** What a key is good for. */
export interface KeyGrant {
  readonly id: string
  readonly tenantId: string
  readonly roles: readonly Role[]
  readonly scopes: readonly Scope[]
  /** Until when it holds as it is; microseconds, null without an end. */
  readonly validUntil: Micros | null
}

/** Finds what an API key is good for. The directory owns keys; others ask it, with the key itself. */
export interface ApiKeys {
  /** @throws Problem 401 for a key that is none, or none any more; 503 */
  grantOf(key: ApiKeyParts, authorization: string): Promise<KeyGrant>
  /** How long an answer may be used, a refusal too, in milliseconds. */
  readonly keyTrustMs: number
}

/** The directory remembers for 5 s: a revoked key is refused everywhere within 20 s. */
const keyTrustMs = 15_000

function isOf<Text extends string> (value: unknown, known: readonly Text[]): value is Text[] {
  return Array.isArray(value) && value.every((each) => known.includes(each as Text))
}

/** A grant on its way: its instant as text. */
interface GrantAnswer {
  apiKey: Omit<KeyGrant, 'validUntil'> & { validUntil: string | null }
}

function isGrant (body: unknown): body is GrantAnswer {
  const { id, tenantId, roles, scopes, validUntil } = ((body as { apiKey?: unknown } | null)?.apiKey ?? {}) as Record<
    string,
    unknown
  >
  return typeof id === 'string' && typeof tenantId === 'string' && isOf(roles, everyRole) &&
    isOf(scopes, everyScope) && (validUntil === null || typeof validUntil === 'string')
}

/** Asks the directory service what a key is good for; undefined: there is nobody to ask. */
export function askedApiKeys (directory: Upstream | undefined): ApiKeys | undefined {
  return directory && {
    keyTrustMs,
    async grantOf (_key, authorization) {
      try {
        const body = await directory.get('/v1/api-keys/current', authorization, isGrant)
        if (body !== undefined) {
          const { validUntil } = body.apiKey
          return { ...body.apiKey, validUntil: validUntil === null ? null : parseInstant(validUntil) }
        }
      } catch (error) {
        if (!(error instanceof UpstreamRefusal) || error.status !== 401) throw error
        throw unauthenticated(error.detail ?? 'the API key is not valid')
      }
      throw unauthenticated('the API key is not valid')
    }
  }
}

/** Who calls with a key: a machine, which is none of the people. */
export function principalOfKey (publicId: string, { tenantId, roles, scopes, validUntil, id }: KeyGrant): Principal {
  // no issuer is called so: they are addresses
  const name = `api-key ${publicId}`
  const tokenEndsAt = validUntil ?? Number.MAX_SAFE_INTEGER
  return { tenantId, roles, subject: name, personId: name, tokenEndsAt, key: { id, scopes } }
}

/** Ends a request with 403 that a key may not make. `scope`: that of the operation, null where only people may. */
export function requireScope ({ key }: Principal, scope: Scope | null | undefined): void {
  if (key === undefined || scope === undefined) return
  if (scope === null) throw personNeeded()
  if (key.scopes.includes(scope)) return
  throw new Problem(baseErrors.scope_missing, {
    detail: `the API key lacks the scope "${scope}", which this operation needs`,
    extra: { scope }
  })
}

/** The refusal of an API key where a person is needed. */
export function personNeeded (): Problem {
  return new Problem(baseErrors.person_needed, {
    detail: 'call with the access token of a person'
  })
}

/** The caller's id where an answer is about the caller, as in `me`. @throws Problem 403 for an API key */
export function personIdOf ({ key, personId }: Principal): string {
  if (key !== undefined) throw personNeeded()
  return personId
}
