// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import { kindsForCustomers, type AgreementKind, type Role } from '@dueline/contracts'
import { authorizer, type Grant, type Principal } from '@dueline/http'

/** Who sees the ledger of a clock: its facts and holders are not for customers. */
const auditors: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin', 'integrator']
/** Customers see the clocks of their own tickets, and how their deadlines came about. */
const customersAndAuditors: readonly Role[] = ['customer', ...auditors]
/** Who tries out what a policy would do. */
const staff: readonly Role[] = auditors.filter((role) => role !== 'integrator')
/** Who pauses, resumes and recomputes. */
const operators: readonly Role[] = ['agent', 'manager', 'admin']
/** Who pauses or resumes a clock. */
const approvers: readonly Role[] = ['manager', 'ceo', 'admin']
/** Who publishes policies, and asks before what they would do to clocks. */
const editors: readonly Role[] = ['sales', 'admin']

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  getClock: customersAndAuditors,
  listClocks: customersAndAuditors,
  getClockLedger: auditors,
  explainClock: customersAndAuditors,
  simulateClocks: staff,
  pauseClock: operators,
  resumeClock: operators,
  recomputeClock: operators,
  extendClock: approvers,
  waiveClock: approvers,
  previewClocks: editors
} as const satisfies Record<string, readonly Role[]>

/** What is decided by the clock that an operation is about. */
const grants = {
  /** A customer sees what was agreed with it: the clocks of its own tickets, of the kinds for customers. */
  seeClock: {
    roles: auditors,
    belongsTo: ({ personId }: Principal, { customerId, kind }: { customerId: string | null, kind: AgreementKind }) =>
      customerId === personId && kindsForCustomers.includes(kind)
  },
  /** To see clocks of every kind, of everybody's tickets. */
  seeEveryClock: { roles: auditors },
  /** To see by which row of the SLA table and in which calendar a clock counts: staff has named them for itself. */
  seeNamesOfRules: { roles: auditors }
} as const satisfies Record<string, Grant>

/** Whether the caller may do what is decided by the clock that it is about. */
export const authorize = authorizer(grants)

/** `seeClock` for a query: the customer whose clocks alone the caller may see; undefined when it may see all. */
export function ownOnly (principal: Principal): string | undefined {
  return authorize(principal, 'seeEveryClock') ? undefined : principal.personId
}
