import { directoryServiceKeys, serviceConfig, templateServiceKeys } from '@dueline/service'
import { Type, type Static } from 'typebox'

/** Everything that can be set, read from the environment. */
export const ConfigSchema = Type.Object({
  ...serviceConfig({ port: 8081 }),
  ...directoryServiceKeys,
  ...templateServiceKeys,
  SLA_POLICY_URL: Type.Optional(
    Type.String({
      format: 'http-url',
      description:
        'Base address of the sla-policy service, asked for products, modules and questions that have not arrived ' +
        'yet; never asked when not set'
    })
  ),
  REOPEN_WINDOW_DAYS: Type.Integer({
    default: 7,
    minimum: 0,
    maximum: 3650,
    description: 'Days of 24 h after which a resolved or closed ticket can no longer be reopened by its customer, ' +
      'nor a closed one by hand'
  }),
  ASSIGNMENT_POLL_MS: Type.Integer({
    default: 250,
    minimum: 10,
    maximum: 60_000,
    description: 'Wait between two looks for tickets that a rule can give to somebody, in milliseconds'
  }),
  IMPORT_POLL_MS: Type.Integer({
    default: 500,
    minimum: 10,
    maximum: 60_000,
    description: 'Wait between two looks for imports that another replica has taken in, in milliseconds; ' +
      'grows tenfold while there are none'
  })
})
export type Config = Static<typeof ConfigSchema>
