import type { TenantDatabase } from '@dueline/postgres'
import { isUuid } from '@dueline/contracts'
import { applyPatch, readOperations } from '../domain/scim/patch.ts'
import { refused, ScimError } from '../domain/scim/scim-error.ts'
import { readResource } from '../domain/scim/values.ts'
import { shownOf, type Shown } from '../domain/scim/views.ts'
import type { Resource } from '../domain/scim/attributes.ts'
import { etagOf, locationOf, viewOf, type Kind, type Stored } from './kind.ts'

/** What is asked of a resource, by a request of its own or as part of a bulk request. */
export interface Asked {
  /** The resource; not of what is to be made. */
  readonly id?: string
  readonly body?: unknown
  /** `If-Match`, or the version in a bulk request. */
  readonly ifMatch?: string | undefined
  readonly shown: Shown
}

/** What is answered. */
export interface Answer {
  readonly status: 200 | 201 | 204
  readonly body?: Resource
  readonly headers: Readonly<Record<string, string>>
}

function missing (kind: Kind): never {
  throw new ScimError(404, undefined, `there is no such ${kind.type.name.toLowerCase()}`)
}

function answerOf (kind: Kind, stored: Stored, shown: Shown, status: 200 | 201): Answer {
  const location = locationOf(kind.type, stored.id)
  return {
    status,
    body: shownOf(kind.type, viewOf(kind, stored), shown),
    headers: { etag: etagOf(stored), ...(status === 201 ? { location } : { 'content-location': location }) }
  }
}

/** @throws ScimError 412 when `If-Match` names another version; weak and strong tags are the same here */
function checkVersion (stored: Stored, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return
  const tags = ifMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (!tags.includes(`"${stored.version}"`)) {
    throw new ScimError(412, undefined, 'it was changed in the meantime: read it again')
  }
}

/** Reads one resource. */
export async function readOne (database: TenantDatabase, kind: Kind, { id = '', shown }: Asked): Promise<Answer> {
  const stored = isUuid(id) ? await kind.find(database.read, database.tenantId, id) : undefined
  return answerOf(kind, stored ?? missing(kind), shown, 200)
}

/** Makes one. */
export async function createOne (database: TenantDatabase, kind: Kind, { body, shown }: Asked): Promise<Answer> {
  const resource = readResource(kind.type, body)
  return answerOf(kind, await database.tx(async (tx) => await kind.insert(tx, resource)), shown, 201)
}

/** Names of a resource in one order, at every depth. */
function inOneOrder (_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
}

async function changeOne (
  database: TenantDatabase,
  kind: Kind,
  { id = '', ifMatch, shown }: Asked,
  next: (before: Stored) => Resource
): Promise<Answer> {
  if (!isUuid(id)) missing(kind)
  const stored = await database.tx(async (tx) => {
    const before = await kind.find(tx, tx.tenantId, id, { lock: true }) ?? missing(kind)
    checkVersion(before, ifMatch)
    const resource = next(before)
    const isSame = JSON.stringify(resource, inOneOrder) === JSON.stringify(before.resource, inOneOrder)
    return isSame ? before : await kind.update(tx, before, resource)
  })
  return answerOf(kind, stored, shown, 200)
}

/** Replaces one as a whole; a change that changes nothing makes no new version. */
export async function replaceOne (database: TenantDatabase, kind: Kind, asked: Asked): Promise<Answer> {
  const sent = readResource(kind.type, asked.body)
  return await changeOne(
    database,
    kind,
    asked,
    ({ resource }) => kind.isKeeping === true ? readResource(kind.type, asked.body, resource) : sent
  )
}

/** Changes one by the operations of a PATCH. */
export async function patchOne (database: TenantDatabase, kind: Kind, asked: Asked): Promise<Answer> {
  const operations = readOperations(asked.body)
  return await changeOne(database, kind, asked, ({ resource }) => applyPatch(kind.type, resource, operations))
}

/** Deletes one: a user is made inactive, and not shown any more. */
export async function deleteOne (database: TenantDatabase, kind: Kind, { id = '', ifMatch }: Asked): Promise<Answer> {
  if (!isUuid(id)) missing(kind)
  await database.tx(async (tx) => {
    const before = await kind.find(tx, tx.tenantId, id, { lock: true }) ?? missing(kind)
    checkVersion(before, ifMatch)
    await kind.remove(tx, before)
  })
  return { status: 204, headers: {} }
}

/** A part of an address that says which resource, or that there is none. @throws ScimError 404 */
export function kindAt (kinds: readonly Kind[], endpoint: string): Kind {
  return kinds.find(({ type }) => type.endpoint === endpoint) ?? refused('invalidPath', `there is no ${endpoint}`)
}
