import { objectStoreKeys } from '@dueline/object-store'
import { directoryServiceKeys, serviceConfig } from '@dueline/service'
import { Type, type Static } from 'typebox'

/** Everything the service is configured by, as environment variables. */
export const ConfigSchema = Type.Object({
  ...serviceConfig({ port: 8087 }),
  ...directoryServiceKeys,
  SLA_POLICY_URL: Type.Optional(Type.String({
    format: 'http-url',
    description: 'Base address of the sla-policy service, asked whether a question is there; never asked when not set'
  })),
  ...objectStoreKeys,
  CLAMD_HOST: Type.Optional(Type.String({
    minLength: 1,
    description: 'A clamd that looks for viruses in uploaded files; none when not set'
  })),
  CLAMD_PORT: Type.Integer({ default: 3310, minimum: 1, maximum: 65_535, description: 'TCP port of that clamd' }),
  CONVERSION_TIMEOUT_MS: Type.Integer({
    default: 30_000,
    minimum: 1_000,
    maximum: 600_000,
    description: 'Longest time in which a file is read, in milliseconds; one that takes longer is refused'
  }),
  CONVERSION_MEMORY_MB: Type.Integer({
    default: 512,
    minimum: 64,
    maximum: 4_096,
    description: 'Most memory that reading a file takes, in MB; one that takes more is refused'
  })
})
export type Config = Static<typeof ConfigSchema>

/** The part that a built service reads; the rest is for the process around it. */
export type TemplateConfig = Omit<Config, keyof ReturnType<typeof serviceConfig>>
