import { PersonSnapshot } from '@dueline/contracts'
import { ownedCopies, type OwnedCopies, type Upstream } from '@dueline/http'
import type { TenantDatabases } from '@dueline/postgres'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { findPeople, savePeople, type PersonRow } from '../store/person-store.ts'

/** People, by the copies or by the ticket service. */
export type People = OwnedCopies<{ readonly id: string }, PersonRow>

const Answer = Compile(Type.Pick(PersonSnapshot, ['id', 'role', 'active', 'version']))

/** `ticket` undefined: the copies are all there is. */
export function createPeople (
  { database, ticket }: { database: TenantDatabases, ticket: Upstream | undefined }
): People {
  return ownedCopies({
    database,
    owner: ticket,
    read: findPeople,
    save: savePeople,
    path: ({ id }: { readonly id: string }) => `/v1/people/${id}`,
    isAnswer: (body) => Answer.Check(body),
    rowOf: ({ id, role, active, version }, _, tenantId) => ({ tenantId, id, role, active, version })
  })
}
