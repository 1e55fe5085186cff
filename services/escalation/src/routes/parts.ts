import type { Role } from '@dueline/contracts'
import type { Database } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import type { Commands } from '../commands.ts'
import type { EscalationPolicyGuard } from '../escalation-policy-guard.ts'

/** What the operations are made of. */
export interface Parts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: Ids
  readonly guard: EscalationPolicyGuard
  readonly commands: Commands
}

/** Who may read escalation policies and escalations. */
export const readers: Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Who may write escalation policies. */
export const escalationPolicyWriters: Role[] = ['admin', 'manager', 'sales']
/** Whom a level may address. */
export const staff: Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator', 'operator']
/** Who may act on any escalation of the tenant. */
export const escalationMasters: Role[] = ['manager', 'ceo', 'admin']
