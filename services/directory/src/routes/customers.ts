import { isCustomer, LanguageSchema, nullable, OneLine, Uuid } from '@dueline/contracts'
import { problem, type Fault } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type } from 'typebox'
import { emptyCustomer, type CustomerDraft } from '../domain/customer.ts'
import { closesCycle } from '../domain/cycle.ts'
import { added } from '../domain/drafts.ts'
import { errors } from '../errors.ts'
import { aggregateStore, type Stamped } from '../store/aggregate-store.ts'
import { contactsElsewhere, customersUpFrom, hasSubsidiaries } from '../store/customer-store.ts'
import { lockOrganization } from '../store/level-store.ts'
import { findPeople } from '../store/person-store.ts'
import { customer } from '../store/tables.ts'
import type { Mention } from '../upstreams/references.ts'
import { uniqueName, viewOf, type Aggregate } from './aggregates.ts'
import { idsOf, Name, Stamps } from './route-deps.ts'

const fields = {
  name: Name,
  parentId: nullable({ ...Uuid, description: 'The company that it belongs to' }),
  contactIds: idsOf('Its people: their role is customer, and each is a contact of one company'),
  contractTier: nullable(OneLine(100, 'what you call its contract: gold, basic')),
  productIds: idsOf('The products for which it is entitled to support'),
  language: LanguageSchema,
  calendarId: nullable({ ...Uuid, description: 'When it works' }),
  active: Type.Boolean({ description: 'false: it is a customer no more' })
}

/** Body of a new company. */
export const NewCustomer = Type.Object({ ...Type.Partial(Type.Object(fields)).properties, name: Name }, {
  title: 'NewCustomer',
  description: 'A company to be added'
})
/** Body of a change. */
export const CustomerPatch = Type.Partial(Type.Object(fields), {
  title: 'CustomerPatch',
  description: 'What is to change of a company; lists are replaced as a whole',
  minProperties: 1
})
/** A company on the wire. */
export const Customer = Type.Object({ id: Uuid, ...fields, ...Stamps }, {
  title: 'Customer',
  description: 'A company whose people open tickets'
})

function mentions (next: CustomerDraft, before: CustomerDraft): Mention[] {
  const { calendarId } = next
  return [
    ...added('contactIds', next.contactIds, before.contactIds).map((each) => ({ ...each, kind: 'contact' as const })),
    ...added('productIds', next.productIds, before.productIds).map((each) => ({ ...each, kind: 'product' as const })),
    ...(calendarId === null || calendarId === before.calendarId
      ? []
      : [{ pointer: '/calendarId', kind: 'calendar' as const, id: calendarId }])
  ]
}

/** Locks the organization, so that two changes at once cannot close a cycle or share a contact. */
async function faultsOf (
  tx: TenantTx,
  id: string,
  next: CustomerDraft,
  before: CustomerDraft
): Promise<Fault[]> {
  await lockOrganization(tx, tx.tenantId)
  const faults: Fault[] = []
  const { parentId } = next
  if (parentId !== null && parentId !== before.parentId) {
    const above = await customersUpFrom(tx, tx.tenantId, parentId)
    if (!above.has(parentId)) faults.push({ pointer: '/parentId', message: 'no such customer' })
    else if (closesCycle(id, parentId, (each) => above.get(each))) {
      faults.push({ pointer: '/parentId', message: 'is the company itself, or belongs to it' })
    }
  }
  const contacts = added('contactIds', next.contactIds, before.contactIds)
  const elsewhere = await contactsElsewhere(tx, id, contacts.map((contact) => contact.id))
  // a role may have changed since the mentions were checked; from here on the lock keeps it
  const people = await findPeople(tx, tx.tenantId, contacts.map((contact) => contact.id))
  for (const { pointer, id: contact } of contacts) {
    const role = people.get(contact)?.role
    if (role !== undefined && !isCustomer(role)) faults.push({ pointer, message: 'is not a customer' })
    if (elsewhere.has(contact)) faults.push({ pointer, message: 'is a contact of another customer' })
  }
  return faults
}

/** How companies are stored and announced. */
export const customers: Aggregate<CustomerDraft> = {
  path: '/v1/customers',
  store: aggregateStore<CustomerDraft & Stamped>(customer),
  unique: uniqueName('customer_name'),
  empty: emptyCustomer,
  view: viewOf,
  mentions,
  faults: faultsOf,
  async beforeDelete (tx, id) {
    await lockOrganization(tx, tx.tenantId)
    if (await hasSubsidiaries(tx, id)) problem(errors.customer_in_use)
  },
  event ({ createdAt: _, updatedAt: _at, ...snapshot }, deleted) {
    return {
      type: 'dueline.customer.changed.v1',
      subject: `customer/${snapshot.id}`,
      data: { customer: { ...snapshot, active: snapshot.active && !deleted }, deleted }
    }
  }
}
