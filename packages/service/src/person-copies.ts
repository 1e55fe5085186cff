import { PersonSnapshot } from '@dueline/contracts'
import { ownedCopies, type OwnedCopies, type Upstream } from '@dueline/http'
import type { Read, SaveNewest, TenantDatabases } from '@dueline/postgres'
import type { FreshCache } from '@dueline/runtime'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What is asked of a person that something names: the role, and `Asked`. */
type Known<Asked extends keyof PersonSnapshot> = Pick<PersonSnapshot, 'role' | Asked>

/** People, by a service's copies or by the directory service. */
export type PersonCopies<Asked extends keyof PersonSnapshot = never> = OwnedCopies<
  { readonly id: string },
  Known<Asked>
>

export interface PersonCopiesOptions<Field extends keyof PersonSnapshot, Asked extends Field> {
  readonly database: TenantDatabases
  /** Undefined: the copies are all there is. */
  readonly directory: Upstream | undefined
  /** As of `ownedCopies`. */
  readonly memory?: FreshCache<Known<NoInfer<Asked>>>
  /** What is copied of a person besides id, role and version. */
  readonly fields: readonly Field[]
  readonly read: (
    read: Read,
    tenantId: string,
    ids: readonly string[]
  ) => Promise<ReadonlyMap<string, Known<NoInfer<Asked>>>>
  readonly save: SaveNewest<Pick<PersonSnapshot, 'id' | 'role' | 'version' | Field> & { tenantId: string }>
}

/** People by the copies of a service, else by the directory service, whose answer is stored as its event would be. */
export function personCopies<Field extends keyof PersonSnapshot, Asked extends Field = never> (
  { fields, directory, ...options }: PersonCopiesOptions<Field, Asked>
): PersonCopies<Asked> {
  type Copied = Pick<PersonSnapshot, 'id' | 'role' | 'version' | Field>
  const copied = ['id', 'role', 'version', ...fields] as const
  const answer = Compile(Type.Pick(PersonSnapshot, [...copied]))
  return ownedCopies<{ readonly id: string }, Copied, Known<Asked>, Copied & { tenantId: string }>({
    ...options,
    owner: directory,
    path: ({ id }) => `/v1/people/${id}`,
    isAnswer: (body): body is Copied => answer.Check(body),
    rowOf (person, _, tenantId) {
      const own = Object.fromEntries(copied.map((field) => [field, person[field]])) as Copied
      return { ...own, tenantId }
    }
  })
}
