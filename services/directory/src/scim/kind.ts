import { formatInstant, type Micros } from '@dueline/business-time'
import type { Read, TenantTx } from '@dueline/postgres'
import type { Resource, ResourceType } from '../domain/scim/attributes.ts'
import type { Equal } from '../domain/scim/plan.ts'

/** A resource as stored; instants in microseconds. */
export interface Stored {
  readonly id: string
  /** Without id, schemas and meta. */
  readonly resource: Resource
  /** Another one after each change. */
  readonly version: string
  readonly createdAt: Micros
  readonly updatedAt: Micros
}

/** What an index can answer of some kind of resource. */
export type Indexed = 'id' | 'externalId' | 'userName' | 'displayName' | 'active'

/** Which resources of a tenant, in the order of their ids. */
export interface Selection {
  readonly equal: Equal<Indexed>
  /** Those behind this id. */
  readonly after?: string | undefined
  readonly offset?: number
  readonly limit: number
}

/** How one kind of resource is stored. */
export interface Kind {
  readonly type: ResourceType
  /** The attributes that `equal` may name. */
  readonly indexed: readonly Indexed[]
  /** The tenant's resource; `lock` keeps it as it is until the transaction ends. */
  find(read: Read, tenantId: string, id: string, options?: { lock?: boolean }): Promise<Stored | undefined>
  select(read: Read, tenantId: string, selection: Selection): Promise<Stored[]>
  count(read: Read, tenantId: string, equal: Equal<Indexed>): Promise<number>
  /** Whether PUT leaves as it is what it does not name. */
  readonly isKeeping?: boolean
  /** @throws ScimError, Problem */
  insert(tx: TenantTx, resource: Resource): Promise<Stored>
  /** Writes one that is locked. @throws ScimError, Problem */
  update(tx: TenantTx, before: Stored, resource: Resource): Promise<Stored>
  remove(tx: TenantTx, before: Stored): Promise<void>
}

/** Where SCIM is. */
export const base = '/scim/v2'

/** The address of a resource, without the host. */
export function locationOf (type: ResourceType, id: string): string {
  return `${base}${type.endpoint}/${id}`
}

/** The weak ETag of a stored resource. */
export function etagOf ({ version }: Pick<Stored, 'version'>): string {
  return `W/"${version}"`
}

/** A resource as answers show it. */
export function viewOf ({ type }: Kind, stored: Stored): Resource {
  const { id, resource, createdAt, updatedAt } = stored
  const extensions = type.extensions.map((schema) => schema.id).filter((urn) => resource[urn] !== undefined)
  return {
    schemas: [type.schema.id, ...extensions],
    id,
    ...resource,
    meta: {
      resourceType: type.name,
      created: formatInstant(createdAt),
      lastModified: formatInstant(updatedAt),
      location: locationOf(type, id),
      version: etagOf(stored)
    }
  }
}
