import { RoleSchema, stringEnum, TenantId, type Role } from '@dueline/contracts'
import { Type, type Static } from 'typebox'

/** What tokens may be signed with, never symmetric. `Ed25519` is the newer name (RFC 9864) of `EdDSA`. */
export const tokenAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519'
] as const
export type TokenAlgorithm = (typeof tokenAlgorithms)[number]

export const algorithmsByDefault: readonly TokenAlgorithm[] = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

const ClaimName = Type.String({ minLength: 1, maxLength: 200 })
const Name = Type.String({ minLength: 1, maxLength: 255 })
const closed = { additionalProperties: false }

/** An issuer whose access tokens are accepted, and where in them stands what. */
export const TrustedIssuer = Type.Object({
  /** `iss` of its tokens, letter by letter. */
  issuer: Type.String({ format: 'issuer-url', maxLength: 500 }),
  jwksUrl: Type.String({ format: 'http-url' }),
  /** A token must name one of them in `aud`. */
  audiences: Type.Array(Name, { minItems: 1, maxItems: 20 }),
  /** Takes tokens without `aud` too; needs `clients`. */
  withoutAudience: Type.Optional(Type.Boolean()),
  /** A token must come from one of these: its `azp` or, where it has none, its `client_id`. */
  clients: Type.Optional(Type.Array(Name, { minItems: 1, maxItems: 50 })),
  algorithms: Type.Optional(Type.Array(stringEnum(tokenAlgorithms), { minItems: 1 })),
  /** `is`: all its tokens are of this tenant. Else `claim` says it, by `names` where outside names are others. */
  tenant: Type.Object({
    is: Type.Optional(TenantId),
    claim: Type.Optional(ClaimName),
    names: Type.Optional(Type.Record(Type.String(), TenantId))
  }, closed),
  roles: Type.Optional(Type.Object({
    /** Default `roles`. */
    claims: Type.Optional(Type.Array(ClaimName, { minItems: 1, maxItems: 10 })),
    /** Outside names and what they are here; with it, names that it has not give no role. */
    names: Type.Optional(Type.Record(Type.String(), RoleSchema)),
    /** The roles of a token that gives none. */
    otherwise: Type.Optional(Type.Array(RoleSchema, { minItems: 1 }))
  }, closed)),
  person: Type.Optional(Type.Object({
    /** What the issuer calls a person; default `sub`. */
    claim: Type.Optional(ClaimName),
    /** A UUID there is the id of the person here. */
    ids: Type.Optional(Type.Boolean()),
    /** Who is linked to nobody is the person with this external id. */
    externalIds: Type.Optional(Type.Boolean()),
    /** Who is nobody yet becomes a person, if all roles of the token are among these. */
    create: Type.Optional(Type.Array(RoleSchema, { minItems: 1 }))
  }, closed))
}, closed)

/** The keys come from their address, or are given: the embedded issuer, and tests. */
export type TrustedIssuer = Omit<Static<typeof TrustedIssuer>, 'jwksUrl'> & {
  readonly jwksUrl?: string,
  readonly jwks?: { readonly keys: readonly object[] }
}

export const TrustedIssuers = Type.Array(TrustedIssuer, { minItems: 1, maxItems: 100 })

interface FaultOfIssuers {
  pointer: string
  message: string
}

function faultsOfOne ({ tenant, withoutAudience, clients, roles, person }: TrustedIssuer): FaultOfIssuers[] {
  const faults: FaultOfIssuers[] = []
  if ((tenant.is === undefined) === (tenant.claim === undefined)) {
    faults.push({ pointer: '/tenant', message: 'must have one of "is" and "claim"' })
  }
  if (tenant.names !== undefined && tenant.claim === undefined) {
    faults.push({ pointer: '/tenant/names', message: 'needs "claim"' })
  }
  if (withoutAudience === true && clients === undefined) {
    faults.push({
      pointer: '/withoutAudience',
      message: 'needs "clients": without an audience tokens for every other application would be taken'
    })
  }
  const free: Role[] = ['admin', 'operator', 'ceo']
  for (const [field, given] of [['roles/otherwise', roles?.otherwise], ['person/create', person?.create]] as const) {
    const wrong = given?.find((role) => free.includes(role))
    if (wrong !== undefined) {
      faults.push({ pointer: `/${field}`, message: `may not give ${wrong}: somebody has to decide on that` })
    }
  }
  return faults
}

/** The faults that a schema cannot see, with JSON pointers. */
export function faultsOfIssuers (issuers: readonly TrustedIssuer[]): FaultOfIssuers[] {
  const faults = issuers.flatMap((issuer, index) =>
    faultsOfOne(issuer).map(({ pointer, message }) => ({ pointer: `/${index}${pointer}`, message }))
  )
  const first = new Map<string, number>()
  issuers.forEach(({ issuer }, index) => {
    const before = first.get(issuer)
    if (before === undefined) first.set(issuer, index)
    else faults.push({ pointer: `/${index}/issuer`, message: `is that of /${before} too` })
  })
  for (const field of ['ids', 'externalIds'] as const) {
    const having = issuers.flatMap(({ person }, index) => person?.[field] === true ? index : [])
    for (const index of having.slice(1)) {
      faults.push({
        pointer: `/${index}/person/${field}`,
        message: `is true for /${having[0]} too: the same name at two issuers would be one person`
      })
    }
  }
  return faults
}
