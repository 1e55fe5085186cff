import { PersonSnapshot, type Role } from '@dueline/contracts'
import { ownedCopies, type OwnedCopies, type Upstream } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { findPeople, savePeople } from '../store/people-store.ts'

/** People, by the copies or by the ticket service. */
export type PersonFinder = OwnedCopies<{ readonly id: string }, { readonly role: Role }>

const Answer = Compile(Type.Pick(PersonSnapshot, ['id', 'role', 'screenName', 'managerId', 'active', 'version']))

/** `ticket` undefined: the copies are all there is. */
export function createPersonFinder (
  { database, ticket }: { database: TenantDatabases, ticket: Upstream | undefined }
): PersonFinder {
  return ownedCopies({
    database,
    owner: ticket,
    read: findPeople,
    save: savePeople,
    path: ({ id }: { readonly id: string }) => `/v1/people/${id}`,
    isAnswer: (body) => Answer.Check(body),
    rowOf: (person, _, tenantId) => ({ ...person, tenantId })
  })
}
