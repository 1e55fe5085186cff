import { Type, type Static, type TSchema } from 'typebox'
import { busKeys } from './bus-choice.ts'

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** The same for services and gateway: whoever can change the keys on their way can make tokens. */
export const jwksUrl = Type.String({
  format: 'http-url',
  description: 'Where the issuer publishes its keys',
  caution: { when: '^http:', says: 'the keys of the token issuer come over plain http and can be changed on their way' }
})

/**
 * The keys that every service has. A service's schema is `Type.Object({ ...serviceConfig({ port }), …its own })`.
 * @param port where it listens unless told otherwise; each service has its own
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
    ...busKeys,
    AUTH_ISSUER: Type.String({ minLength: 1, description: 'Issuer (`iss`) whose access tokens are accepted' }),
    AUTH_AUDIENCE: Type.String({ default: 'dueline', description: 'Audience (`aud`) that tokens must name' }),
    AUTH_JWKS_URL: jwksUrl,
    AUTH_TENANT_CLAIM: Type.String({ default: 'tenant', description: 'Claim that names the tenant' }),
    AUTH_PERSON_CLAIM: Type.String({ default: 'sub', description: 'Claim that holds the person id' }),
    AUTH_ROLES_CLAIM: Type.String({
      default: 'roles',
      description: 'Claim that lists the roles; dots lead into objects'
    })
  }
}

/** What `serviceConfig` yields when loaded. */
export type ServiceConfig = Values<ReturnType<typeof serviceConfig>>
type Values<T extends Record<string, TSchema>> = Static<ReturnType<typeof Type.Object<T>>>
