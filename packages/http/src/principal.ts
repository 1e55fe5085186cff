import type { Micros } from '@dueline/business-time'
import { canonicalId, roles as knownRoles, type Role } from '@dueline/contracts'

/** Who calls, as the verified token says. */
export interface Principal {
  readonly tenantId: string
  /** The person in the product's terms (claim `personClaim`). */
  readonly personId: string
  readonly roles: readonly Role[]
  /** The issuer's name for the caller (claim `sub`); two callers never share one. */
  readonly subject: string
  /** Until when the token says that it holds (claim `exp`): an answer that goes on ends then. Microseconds. */
  readonly tokenEndsAt: Micros
}

/** Which tokens are accepted, and where in them the tenant, person and roles stand. */
export interface AuthOptions {
  readonly issuer: string
  readonly audience: string | readonly string[]
  /** Where the issuer publishes its keys. Exactly one of `jwksUrl` and `jwks` is needed. */
  readonly jwksUrl?: string
  /** The keys themselves: the embedded issuer, and tests. */
  readonly jwks?: { readonly keys: readonly object[] }
  /**
   * Claim names; a dot leads into objects (`realm_access.roles`) unless a claim has the whole name. Defaults `tenant`,
   * `sub`, `roles`.
   */
  readonly tenantClaim?: string
  readonly personClaim?: string
  readonly rolesClaim?: string
  /** Default `RS256`, `ES256`, `EdDSA`; symmetric ones are never accepted. */
  readonly algorithms?: readonly ('RS256' | 'ES256' | 'EdDSA')[]
}

type Claims = Record<string, unknown>

const tenantPattern = /^[a-z0-9][a-z0-9-]{0,62}$/
/** No control characters and no halves of surrogate pairs: names are stored. */
const namePattern = /^[^\p{Cc}\p{Cs}]{1,255}$/u

function claim (claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name]
  let value: unknown = claims
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Claims)[part]
  }
  return value
}

function rolesIn (value: unknown): Role[] {
  const names: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[\s,]+/) : []
  return knownRoles.filter((role) => names.includes(role))
}

/**
 * The caller that the claims of a verified token name, or what is missing in them. Roles that the product does
 * not know are left out: issuers serve other applications too.
 */
export function principalOf (
  claims: Claims,
  options: Pick<AuthOptions, 'tenantClaim' | 'personClaim' | 'rolesClaim'>
): Principal | { missing: string } {
  const { tenantClaim = 'tenant', personClaim = 'sub', rolesClaim = 'roles' } = options
  const tenantId = claim(claims, tenantClaim)
  const personId = claim(claims, personClaim)
  const subject = claims['sub']
  if (typeof tenantId !== 'string' || !tenantPattern.test(tenantId)) {
    return { missing: `the claim ${tenantClaim} must be a tenant name` }
  }
  if (typeof subject !== 'string' || !namePattern.test(subject)) {
    return { missing: 'the claim sub must be a text of 1 to 255 characters' }
  }
  if (typeof personId !== 'string' || !namePattern.test(personId)) {
    return { missing: `the claim ${personClaim} must name the person in 1 to 255 characters` }
  }
  return {
    tenantId,
    // issuers may write ids in upper case
    personId: canonicalId(personId),
    subject,
    roles: rolesIn(claim(claims, rolesClaim)),
    tokenEndsAt: Number(claims['exp']) * 1_000_000
  }
}
