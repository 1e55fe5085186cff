import { serviceConfig } from '@dueline/service'
import { Type, type Static } from 'typebox'

/** Everything the service is configured by, as environment variables. */
export const ConfigSchema = Type.Object({
  ...serviceConfig({ port: 8086 }),
  SLA_POLICY_URL: Type.Optional(Type.String({
    format: 'http-url',
    description:
      'Base address of the sla-policy service, asked for products, modules and calendars that have not arrived yet; ' +
      'never asked when not set'
  })),
  API_KEY_SECRET: Type.String({
    pattern: '^[A-Za-z0-9+/]{43}=$',
    secret: true,
    description:
      '32 bytes in base64 with which the secrets of API keys and SCIM tokens are hashed; with another one all are ' +
      'refused'
  })
})
export type Config = Static<typeof ConfigSchema>

/** The part that a built service reads; the rest is for the process around it. */
export type DirectoryConfig = Pick<Config, 'API_KEY_SECRET' | 'SLA_POLICY_URL'>
