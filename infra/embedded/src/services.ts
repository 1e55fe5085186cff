import type { Service, ServiceDeps } from '@dueline/http'
import type { Bus } from '@dueline/messaging'
import type { MigrationSource } from '@dueline/postgres'
import * as clock from '@dueline/service-clock'
import * as escalation from '@dueline/service-escalation'
import * as notification from '@dueline/service-notification'
import * as slaPolicy from '@dueline/service-sla-policy'
import * as ticket from '@dueline/service-ticket'
import { loadConfig, type Environment } from '@dueline/runtime'

/** Builds a service from an environment, as its own `main.ts` would. */
export interface EmbeddedService {
  name: string
  schema: string
  migrations: readonly MigrationSource[]
  build (deps: Omit<ServiceDeps<never, Bus>, 'config'>, env: Environment): Service
}

/** Every service with a database, in the order in which a ticket's story passes through them. */
export const embeddedServices: readonly EmbeddedService[] = [
  { name: 'ticket', schema: ticket.schema, migrations: ticket.migrations, build: (deps, env) => ticket.buildTicket({ ...deps, config: loadConfig(ticket.ConfigSchema, env) }) },
  { name: 'sla-policy', schema: slaPolicy.schema, migrations: slaPolicy.migrations, build: (deps, env) => slaPolicy.buildSlaPolicy({ ...deps, config: loadConfig(slaPolicy.ConfigSchema, env) }) },
  { name: 'clock', schema: clock.schema, migrations: clock.migrations, build: (deps, env) => clock.buildClock({ ...deps, config: loadConfig(clock.ConfigSchema, env) }) },
  { name: 'escalation', schema: escalation.schema, migrations: escalation.migrations, build: (deps, env) => escalation.buildEscalation({ ...deps, config: loadConfig(escalation.ConfigSchema, env) }) },
  { name: 'notification', schema: notification.schema, migrations: notification.migrations, build: (deps, env) => notification.buildNotification({ ...deps, config: loadConfig(notification.ConfigSchema, env) }) }
]
