// Who may do what here: the only place in this service that names roles. `docs/access.md` shows it to readers.
import { isUuid, nilUuid, type Role } from '@dueline/contracts'
import type { CustomField } from './domain/custom-fields.ts'
import { authorizer, type Grant, type Principal } from '@dueline/http'

/** Who works on tickets. */
const staff: readonly Role[] = ['agent', 'manager', 'ceo', 'sales', 'admin']
/** Who reads all of the tenant, and brings tickets and messages from other systems. */
const readers: readonly Role[] = [...staff, 'integrator']
const customersAndReaders: readonly Role[] = ['customer', ...readers]
const importers: readonly Role[] = ['admin']
/** Who says how tickets find their people. */
const rulers: readonly Role[] = ['manager', 'admin']
/** Who oversees the work of others. */
const leaders: readonly Role[] = ['manager', 'ceo', 'admin']

/** Who answers for the whole of the tenant: of them and by them is an organization overview. */
export const heads: readonly Role[] = ['ceo', 'admin']

/** The roles that may call each operation, by its `operationId`. */
export const access = {
  createTicket: customersAndReaders,
  listTickets: customersAndReaders,
  countTickets: customersAndReaders,
  getPersonProfile: customersAndReaders,
  getTeamOverview: leaders,
  getOrganizationOverview: heads,
  getTicket: customersAndReaders,
  createMessage: customersAndReaders,
  listTicketMessages: customersAndReaders,
  listTimelineEntries: customersAndReaders,
  createTickets: readers,
  updateTicket: staff,
  updateTickets: staff,
  transitionTicket: ['customer', ...staff],
  assignTicket: staff,
  explainAssignment: readers,
  listAssignmentRules: readers,
  getAssignmentRule: readers,
  createAssignmentRule: rulers,
  updateAssignmentRule: rulers,
  deleteAssignmentRule: rulers,
  getAssignmentSettings: readers,
  updateAssignmentSettings: rulers,
  simulateAssignment: rulers,
  listCustomFields: customersAndReaders,
  getCustomField: customersAndReaders,
  createCustomField: rulers,
  updateCustomField: rulers,
  deleteCustomField: rulers,
  listTeamQueue: readers,
  claimNextTicket: staff,
  importTickets: importers,
  getTicketImport: [...importers, 'integrator'],
  listTicketImportLines: [...importers, 'integrator']
} as const satisfies Record<string, readonly Role[]>

type OfTicket = Readonly<{ customerId: string }>
/** A person, and those above it. */
type OfPerson = Readonly<{ id: string, lineIds: readonly string[] }>

/** What is decided by the ticket that an operation is about. */
const grants = {
  /** A customer sees its own tickets only. */
  seeTicket: {
    roles: readers,
    belongsTo: ({ personId }: Principal, { customerId }: OfTicket) => customerId === personId
  },
  /** What is not meant for customers: internal messages, labels, who of staff is who, who brought what. */
  seeInternals: { roles: readers },
  /** To say who wrote something, when, and under which external id. */
  speakForOthers: { roles: readers },
  /** The workload of a profile: one's own, that of who is below in the reporting line, everybody's for a ceo. */
  seeWholeProfile: {
    roles: ['ceo', 'admin'],
    belongsTo: ({ personId, roles }: Principal, { id, lineIds }: OfPerson) =>
      id === personId || (roles.includes('manager') && lineIds.includes(personId))
  },
  /** How the team of a manager stands: one's own, that of a manager below, and everybody's for a ceo. */
  seeTeamOverview: {
    roles: ['ceo', 'admin'],
    belongsTo: ({ personId, roles }: Principal, { id, lineIds }: OfPerson) =>
      roles.includes('manager') && [id, ...lineIds].includes(personId)
  },
  /** To count as an agent in a ticket of somebody else. */
  workOnTickets: { roles: staff },
  /** To open a ticket without naming its customer, although one could. */
  beOwnCustomer: { roles: ['customer'] }
} as const satisfies Record<string, Grant>

/** Whether the caller may do what is decided by the ticket that it is about. */
export const authorize = authorizer(grants)

/** Whether the caller may set a custom field of a ticket. */
export function mayWriteField (principal: Principal, { customers, editors }: CustomField): boolean {
  return authorize(principal, 'speakForOthers')
    ? principal.roles.some((role) => editors.includes(role))
    : customers === 'write'
}

/** The caller's id when it can be that of a person; a client of an issuer need not be one, such as a machine. */
export function personOf ({ personId }: Principal): string | null {
  return isUuid(personId) ? personId : null
}

/** `seeTicket` for a query: the customer whose tickets alone the caller may see; null when it may see all. */
export function ownOnly (principal: Principal): string | null {
  // a ticket of no caller: names are never empty
  return authorize(principal, 'seeTicket', { customerId: '' }) ? null : personOf(principal) ?? nilUuid
}

/** Whether the caller brings what others said and works on no ticket itself: the gateway of another system. */
export function onlyBrings (principal: Principal): boolean {
  return authorize(principal, 'speakForOthers') && !authorize(principal, 'workOnTickets')
}

/** On which side the caller stands in a ticket of this customer. */
export function sideOf (principal: Principal, { customerId }: OfTicket): 'customer' | 'agent' {
  return principal.personId === customerId || !authorize(principal, 'workOnTickets') ? 'customer' : 'agent'
}
