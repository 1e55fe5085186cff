import type { TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import type { Commands } from '../cases/commands.ts'
import type { EscalationPolicyGuard } from './escalation-policy-guard.ts'

/** What the operations are made of. */
export interface RouteDeps {
  readonly database: TenantDatabases
  readonly clock: Clock
  readonly ids: Ids
  readonly guard: EscalationPolicyGuard
  readonly commands: Commands
}
