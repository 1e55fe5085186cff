import { isUuid, canonicalId, roles as knownRoles, type Role } from '@dueline/contracts'
import type { Micros } from '@dueline/business-time'
import type { TrustedIssuer } from './issuers.ts'

export type Claims = Readonly<Record<string, unknown>>

/** Who calls, as a verified token says. Which person that is, only the tenant knows. */
export interface Caller {
  readonly tenantId: string
  readonly roles: readonly Role[]
  readonly issuer: TrustedIssuer
  /** The issuer's name for the person. */
  readonly name: string
  /** The same where that is the id of a person here by itself. */
  readonly id: string | null
  /** What a caller who is no person is called here: never the id of a person. */
  readonly alias: string
  /** The caller's name that no caller of another issuer has. */
  readonly subject: string
  readonly tokenEndsAt: Micros
  readonly claims: Claims
}

const tenantPattern = /^[a-z0-9][a-z0-9-]{0,62}$/
/** No control characters and no halves of surrogate pairs: names are stored. */
const namePattern = /^[^\p{Cc}\p{Cs}]{1,255}$/u

function at (value: unknown, parts: readonly string[]): unknown {
  if (parts.length === 0) return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('.')
    const found = Object.hasOwn(value, name) ? at((value as Claims)[name], parts.slice(length)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * The claim of this name. Dots lead into objects unless a member has a name with dots: `resource_access.my.app.roles`
 * is found in `{ resource_access: { 'my.app': { roles } } }`, `https://x.example/tenant` is one name.
 */
export function claimAt (claims: Claims, name: string): unknown {
  return at(claims, name.split('.'))
}

/** A name, several, or the names of an object's members (Keycloak's organizations come in all three). */
function namesIn (value: unknown): string[] {
  if (Number.isSafeInteger(value)) return [String(value)]
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.filter((name) => typeof name === 'string')
  return typeof value === 'object' && value !== null ? Object.keys(value) : []
}

type Missing = Readonly<{ missing: string }>

function tenantOf (claims: Claims, { is, claim = '', names }: TrustedIssuer['tenant']): string | Missing {
  if (is !== undefined) return is
  const given = namesIn(claimAt(claims, claim))
  const meant = names === undefined
    ? given
    : given.filter((name) => Object.hasOwn(names, name)).map((name) => names[name]!)
  const [tenantId, ...more] = new Set(meant)
  if (more.length > 0) return { missing: `the claim ${claim} names several tenants: ask for a token of one of them` }
  if (tenantId !== undefined && tenantPattern.test(tenantId)) return tenantId
  if (names !== undefined) return { missing: `the claim ${claim} names none of the tenants that are known here` }
  return {
    missing: `the claim ${claim} must be a tenant name: 1 to 63 lower-case letters, digits and hyphens`
  }
}

/** Roles that are not known here are left out: issuers serve other applications too. */
function rolesOf (
  claims: Claims,
  { claims: named = ['roles'], names, otherwise = [] }: TrustedIssuer['roles'] & {}
): Role[] {
  const given = named.flatMap((name): unknown[] => {
    const value = claimAt(claims, name)
    return typeof value === 'string' ? [value, ...value.split(/[\s,]+/)] : Array.isArray(value) ? value : []
  }).filter((name) => typeof name === 'string')
  const meant = names === undefined
    ? given
    : given.flatMap((name) => Object.hasOwn(names, name) ? [names[name]!] : [])
  const known = knownRoles.filter((role) => meant.includes(role))
  return known.length > 0 ? known : otherwise
}

/** No issuer has a space in its name, and one alone gives our ids, so that no two of these are the same. */
function unique (name: string, { issuer, person }: TrustedIssuer): string {
  return person?.ids === true && !name.includes(' ') ? name : `${issuer} ${name}`
}

/** The caller that the claims of a verified token name, or what is missing in them. */
export function callerOf (claims: Claims, issuer: TrustedIssuer): Caller | Missing {
  const { claim = 'sub', ids = false } = issuer.person ?? {}
  const tenantId = tenantOf(claims, issuer.tenant)
  if (typeof tenantId !== 'string') return tenantId
  const subject = claims['sub']
  if (typeof subject !== 'string' || !namePattern.test(subject)) {
    return { missing: 'the claim sub must be a text of 1 to 255 characters' }
  }
  const name = claimAt(claims, claim)
  if (typeof name !== 'string' || !namePattern.test(name)) {
    return { missing: `the claim ${claim} must name the person in 1 to 255 characters` }
  }
  const clients = issuer.clients
  const client = claims['azp'] ?? claims['client_id']
  if (clients !== undefined && !(typeof client === 'string' && clients.includes(client))) {
    return { missing: 'the token was issued to a client that is not among those that are accepted' }
  }
  return {
    tenantId,
    roles: rolesOf(claims, issuer.roles ?? {}),
    issuer,
    name,
    // issuers may write ids in upper case
    id: ids && isUuid(canonicalId(name)) ? canonicalId(name) : null,
    alias: unique(name, issuer),
    subject: unique(subject, issuer),
    tokenEndsAt: Number(claims['exp']) * 1_000_000,
    claims
  }
}
