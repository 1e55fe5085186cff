/**
 * The one list of services: every service with a database, in the order in which a ticket passes through them, then
 * the directory, which a ticket does not pass. Topics, roles, the gateway, the embedded stack, the generator and the
 * tests read it; docker-compose.yml is compared with it. `docs/howto/add-a-service.md` says what else a service is.
 */
export const serviceNames = [
  'ticket',
  'sla-policy',
  'clock',
  'escalation',
  'notification',
  'directory',
  'template'
] as const
export type ServiceName = typeof serviceNames[number]

/**
 * Addresses that the gateway passes on to a service, with all below them: what is there speaks a protocol that others
 * have set, with tokens, documents and errors of its own.
 */
export const protocolAddresses: Readonly<Record<string, ServiceName>> = { '/scim/v2': 'directory' }

type Snake<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}_${Snake<Tail>}` : Name
/** `SLA_POLICY` of `sla-policy`. */
export type VariableOf<Name extends string> = Uppercase<Snake<Name>>

/** How variables that are about a service begin: `SLA_POLICY` of `sla-policy`. */
export function variableOf<Name extends string> (name: Name): VariableOf<Name> {
  return schemaOf(name).toUpperCase() as VariableOf<Name>
}

/** The Postgres schema of a service: `sla_policy` of `sla-policy`. */
export function schemaOf (name: string): string {
  return name.replaceAll('-', '_')
}

/** What makes a service, as its `app.ts` exports it: `buildSlaPolicy` of `sla-policy`. */
export function builderOf (name: string): string {
  return `build${name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`
}

/** An object with one entry for each service. */
export function perService<Key extends string, Value> (
  entryOf: (name: ServiceName) => readonly [Key, Value]
): Record<Key, Value> {
  return Object.fromEntries(serviceNames.map(entryOf)) as Record<Key, Value>
}
