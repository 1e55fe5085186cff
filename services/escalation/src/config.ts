import { serviceConfig, directoryServiceKeys } from '@dueline/service'
import { Type, type Static } from 'typebox'

/** Everything the service is configured by, as environment variables. */
export const ConfigSchema = Type.Object({
  ...serviceConfig({ port: 8084 }),
  ...directoryServiceKeys
})
export type Config = Static<typeof ConfigSchema>

/** The part that a built service reads; the rest is for the process around it. */
export type EscalationConfig = Pick<Config, 'DIRECTORY_URL' | 'DIRECTORY_TIMEOUT_MS'>
