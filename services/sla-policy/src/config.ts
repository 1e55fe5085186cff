import { serviceConfig, directoryServiceKeys, templateServiceKeys } from '@dueline/service'
import { Type, type Static } from 'typebox'

/** Everything the service is configured by, as environment variables. */
export const ConfigSchema = Type.Object({
  ...serviceConfig({ port: 8082 }),
  ...directoryServiceKeys,
  ...templateServiceKeys,
  CLOCK_URL: Type.Optional(Type.String({
    format: 'http-url',
    description: 'Base address of the clock service, asked by the preview of a publish; never asked when not set'
  })),
  CLOCK_TIMEOUT_MS: Type.Integer({
    default: 10_000,
    minimum: 100,
    maximum: 60_000,
    description: 'Longest wait for its answers to one preview, in milliseconds'
  }),
  TABLE_TIMEOUT_MS: Type.Integer({
    default: 60_000,
    minimum: 1_000,
    maximum: 600_000,
    description:
      'Longest time in which a file of a table is read or written, or a table looked through, in milliseconds'
  }),
  TABLE_MEMORY_MB: Type.Integer({
    default: 768,
    minimum: 32,
    maximum: 4_096,
    description: 'Most memory that this takes, in MB, besides the file; two are read or written at once'
  })
})
export type Config = Static<typeof ConfigSchema>

/** The part that a built service reads; the rest is for the process around it. */
export type SlaPolicyConfig = Pick<
  Config,
  | 'DIRECTORY_URL'
  | 'DIRECTORY_TIMEOUT_MS'
  | 'CLOCK_URL'
  | 'CLOCK_TIMEOUT_MS'
  | 'TEMPLATE_URL'
  | 'TABLE_TIMEOUT_MS'
  | 'TABLE_MEMORY_MB'
>
