import { Instant, OneLine, Uuid } from '@dueline/contracts'
import type { AuthOptions, KeySecrets } from '@dueline/http'
import type { Outbox } from '@dueline/messaging'
import type { TenantDatabases } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import { Type } from 'typebox'
import type { ScimCallers } from '../scim/callers.ts'
import type { PersonFinder } from '../store/person-finder.ts'
import type { References } from '../upstreams/references.ts'

/** What the operations are made of. */
export interface RouteDeps {
  readonly database: TenantDatabases
  readonly clock: Clock
  readonly ids: Ids
  readonly outbox: Outbox
  readonly people: PersonFinder
  readonly keySecrets: KeySecrets
  readonly scimCallers: ScimCallers
  /** The issuers whose tokens are taken. */
  readonly issuers: AuthOptions['issuers']
  readonly references: References
}

export const Name = OneLine(200, 'its name')
/** Part of a name to look for. */
export const SearchText = Type.Optional(OneLine(200, 'part of the name; case does not count'))
/** Names several others, none twice. */
export const idsOf = (description: string) => Type.Array(Uuid, { maxItems: 200, uniqueItems: true, description })
export const Stamps = {
  version: Type.Integer({ minimum: 1, description: 'Counts the changes; the ETag' }),
  createdAt: Instant,
  updatedAt: Instant
}
