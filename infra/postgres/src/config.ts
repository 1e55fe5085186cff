import { perService, schemaOf, variableOf, type ServiceName } from '@dueline/contracts'
import { ConfigError } from '@dueline/runtime'
import type { SchemaRole } from '@dueline/postgres'
import { Type, type Static } from 'typebox'

const postgresUrl = (description: string) => Type.String({ format: 'postgres-url', secret: true, description })

const keyOf = <Name extends ServiceName>(name: Name) => `${variableOf(name)}_DATABASE_URL` as const
const ofServices = perService((name) => [
  keyOf(name),
  postgresUrl(`The \`DATABASE_URL\` of the ${name} service: its role is made`)
])

export const ConfigSchema = Type.Object({
  ADMIN_DATABASE_URL: postgresUrl(
    'A role that may make roles and schemas in the database of Dueline; used by this job only'
  ),
  MIGRATION_DATABASE_URL: postgresUrl('What the migration jobs use: its role is made and owns every schema'),
  ...ofServices,
  BUS_DATABASE_URL: postgresUrl('The `BUS_DATABASE_URL` of all services')
})

const schemas: Record<keyof typeof ofServices | 'BUS_DATABASE_URL', string> = {
  ...perService((name) => [keyOf(name), schemaOf(name)]),
  BUS_DATABASE_URL: 'bus'
}

/**
 * Whom to make, as the addresses that the others connect with say it.
 * @throws ConfigError when two of them share a role or one has no password
 */
export function rolesOf (
  config: Static<typeof ConfigSchema>
): { owner: { role: string, password: string }, roles: SchemaRole[] } {
  const faults: string[] = []
  const keys = ['ADMIN_DATABASE_URL', 'MIGRATION_DATABASE_URL', ...Object.keys(schemas)] as (keyof typeof config)[]
  const seen = new Map<string, string>()
  for (const key of keys) {
    const { role, password } = loginOf(config[key])
    const other = seen.get(role)
    if (other !== undefined) faults.push(`${key} names the same role as ${other}: each needs one of its own`)
    if (key !== 'ADMIN_DATABASE_URL' && password === '') faults.push(`${key} has no password`)
    seen.set(role, key)
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return {
    owner: loginOf(config.MIGRATION_DATABASE_URL),
    roles: Object.entries(schemas).map(([key, schema]) => ({ schema, ...loginOf(config[key as keyof typeof schemas]) }))
  }
}

function loginOf (url: string): { role: string, password: string } {
  const { username, password } = new URL(url)
  return { role: decodeURIComponent(username), password: decodeURIComponent(password) }
}
