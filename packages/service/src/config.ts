import { TenantId } from '@dueline/contracts'
import { faultsOfIssuers, TrustedIssuers, type AuthOptions, type TrustedIssuer } from '@dueline/http'
import { Type, type Static, type TSchema } from 'typebox'
import { busKeys } from './bus-choice.ts'

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Whoever can change the keys on their way can make tokens. */
const plainKeys = 'the keys of a token issuer come over plain http and can be changed on their way'
const otherwise = 'AUTH_ISSUERS'

/**
 * Which tokens are accepted, the same for services and gateway: one issuer by the keys with `otherwise`, or any number
 * by AUTH_ISSUERS.
 */
export const authKeys = {
  AUTH_ISSUERS: Type.Optional(Type.Unsafe<TrustedIssuer[]>({
    type: 'string',
    json: { schema: TrustedIssuers, faultsOf: faultsOfIssuers },
    caution: { when: '"jwksUrl":"http:', says: plainKeys },
    description: 'Issuers whose access tokens are accepted, and where in them tenant, person and roles stand ' +
      '(docs/operations.md); in place of the other AUTH keys'
  })),
  AUTH_ISSUER: Type.Optional(
    Type.String({
      format: 'issuer-url',
      maxLength: 500,
      otherwise,
      description: 'Issuer (`iss`) whose access tokens are accepted'
    })
  ),
  AUTH_AUDIENCE: Type.String({ default: 'dueline', otherwise, description: 'Audience (`aud`) that tokens must name' }),
  AUTH_JWKS_URL: Type.Optional(Type.String({
    format: 'http-url',
    otherwise,
    description: 'Where the issuer publishes its keys',
    caution: { when: '^http:', says: plainKeys }
  })),
  AUTH_TENANT_CLAIM: Type.String({ default: 'tenant', otherwise, description: 'Claim that names the tenant' }),
  AUTH_PERSON_CLAIM: Type.String({
    default: 'sub',
    otherwise,
    description: 'Claim that names the person: by id, or as linked to it, or by external id'
  }),
  AUTH_ROLES_CLAIM: Type.String({
    default: 'roles',
    otherwise,
    description: 'Claim that lists the roles; dots lead into objects'
  })
}

/** Which tokens are accepted by the configuration. */
export function authOptions (config: Static<ReturnType<typeof Type.Object<typeof authKeys>>>): AuthOptions {
  const { AUTH_ISSUERS: issuers, AUTH_ISSUER: issuer = '', AUTH_JWKS_URL: jwksUrl = '' } = config
  if (issuers !== undefined) return { issuers }
  return {
    issuers: [{
      issuer,
      jwksUrl,
      audiences: [config.AUTH_AUDIENCE],
      tenant: { claim: config.AUTH_TENANT_CLAIM },
      roles: { claims: [config.AUTH_ROLES_CLAIM] },
      person: { claim: config.AUTH_PERSON_CLAIM, ids: true, externalIds: true }
    }]
  }
}

/**
 * The keys that every service has. A service's schema is `Type.Object({ ...serviceConfig({ port }), …its own })`.
 * @param port where it listens by default; each service has its own
 */
export function serviceConfig ({ port }: { port: number }) {
  return {
    HOST: Type.String({ default: '127.0.0.1', description: 'Address to listen on' }),
    PORT: Type.Integer({
      default: port,
      minimum: 0,
      maximum: 65_535,
      description: 'Port to listen on; 0 takes a free one'
    }),
    LOG_LEVEL: Type.Unsafe<typeof levels[number]>({
      type: 'string',
      enum: [...levels],
      default: 'info',
      description: 'Least severe log lines to write'
    }),
    DATABASE_URL: Type.String({
      format: 'postgres-url',
      secret: true,
      description: 'Postgres with the role of this service'
    }),
    DATABASE_POOL_MAX: Type.Integer({
      default: 10,
      minimum: 6,
      maximum: 200,
      description:
        'Most database connections of each of two pools, that of requests and that of loops; relay, consumer and ' +
        'timers need up to six'
    }),
    OPERATOR_TENANT: Type.Optional(Type.String({
      ...TenantId,
      description: 'Tenant whose operators also see and resend dead letters that name no tenant; no others do'
    })),
    ...busKeys,
    ...authKeys
  }
}

/** What `serviceConfig` yields when loaded. */
export type ServiceConfig = Values<ReturnType<typeof serviceConfig>>
type Values<T extends Record<string, TSchema>> = Static<ReturnType<typeof Type.Object<T>>>
