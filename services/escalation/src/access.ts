// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import type { Role } from '@dueline/contracts'
import { authorizer, type Grant, type Principal } from '@dueline/http'

/** Who may read escalation policies and escalations. */
const readers: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Who may write escalation policies. */
const editors: readonly Role[] = ['manager', 'sales', 'admin']
/** Who may act on any escalation of the tenant. */
const masters: readonly Role[] = ['manager', 'ceo', 'admin']
/** Whom a level may address: the operation is for them, the escalation decides who it is. */
const addressable: readonly Role[] = [...readers, 'operator']

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  getEscalation: readers,
  listEscalations: readers,
  getEscalationPolicy: readers,
  listEscalationPolicies: readers,
  listEscalationPolicyPresets: readers,
  createEscalationPolicy: editors,
  updateEscalationPolicy: editors,
  deleteEscalationPolicy: editors,
  acknowledgeEscalation: addressable,
  raiseEscalation: masters
} as const satisfies Record<string, readonly Role[]>

/** Whom an escalation concerns: who works on the ticket, and everybody that one of its levels addressed. */
export interface Concerned {
  readonly assigneeId: string | null
  readonly addressed: ReadonlySet<string>
}

/** What is decided by the escalation that an operation is about. */
const grants = {
  /** Whoever is asked to acknowledge can: the mail of a level asks everybody that the level addresses. */
  acknowledge: {
    roles: masters,
    belongsTo: ({ personId }: Principal, { assigneeId, addressed }: Concerned) =>
      assigneeId === personId || addressed.has(personId)
  }
} as const satisfies Record<string, Grant>

/** Whether the caller may do what is decided by the escalation that it is about. */
export const authorize = authorizer(grants)
