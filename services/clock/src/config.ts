import { serviceConfig, directoryServiceKeys } from '@dueline/service'
import { Type, type Static } from 'typebox'

const duration = '^PT(?=[0-9])([0-9]{1,7}H)?([0-9]{1,9}M)?([0-9]{1,10}S)?$'

/** The service's configuration; the README's table is generated from it. */
export const ConfigSchema = Type.Object({
  ...serviceConfig({ port: 8083 }),
  ...directoryServiceKeys,
  PAUSE_DURATION_DEFAULT: Type.String({
    pattern: duration,
    default: 'PT24H',
    description: 'How long a pause by hand lasts at most when it names neither an end nor a duration'
  }),
  PAUSE_DURATION_MAX: Type.String({
    pattern: duration,
    default: 'PT720H',
    description: 'Longest pause by hand that can be asked for'
  }),
  WAIT_FOR_MS: Type.Integer({
    default: 2000,
    minimum: 0,
    maximum: 30000,
    description: 'Longest wait of `GET /v1/clocks?waitFor=`, in milliseconds'
  })
})
export type Config = Static<typeof ConfigSchema>

/** The part that a built service reads; the rest is for the process around it. */
export type ClockConfig = Pick<
  Config,
  'PAUSE_DURATION_DEFAULT' | 'PAUSE_DURATION_MAX' | 'DIRECTORY_TIMEOUT_MS' | 'DIRECTORY_URL' | 'WAIT_FOR_MS'
>
