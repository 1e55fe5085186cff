import { formatInstant } from '@dueline/business-time'
import { Uuid, type NewEvent } from '@dueline/contracts'
import {
  decodeCursor,
  etagOf,
  PageQuery,
  problem,
  baseErrors,
  requireIfMatch,
  toPage,
  write,
  type AnyReply,
  type AnyRequest,
  type Page
} from '@dueline/http'
import { Type, type Static } from 'typebox'
import { errors } from '../errors.ts'
import {
  findItem,
  insertItem,
  listItems,
  lockItem,
  updateItem,
  type CatalogueFilter,
  type CatalogueItem,
  type CatalogueKind
} from '../store/catalogue-store.ts'
import { IdCursor, Name, SearchText, Stamps, type RouteDeps } from './route-deps.ts'

// What the three levels of the catalogue have in common; one file per operation says what differs.

const item = {
  id: Uuid,
  name: Name,
  active: Type.Boolean({ description: 'false: no longer offered; what refers to it stays valid' })
}
export const Product = Type.Object({ ...item, ...Stamps }, { title: 'Product', description: 'What tickets are about' })
export const Module = Type.Object({ ...item, productId: Uuid, ...Stamps }, {
  title: 'Module',
  description: 'A part of a product'
})
export const Question = Type.Object({ ...item, productId: Uuid, moduleId: Uuid, ...Stamps }, {
  title: 'Question',
  description: 'What a ticket can be about within a module'
})

export const ItemPatch = Type.Object({ name: Type.Optional(Name), active: Type.Optional(Type.Boolean()) }, {
  title: 'CatalogueItemPatch',
  description: 'What is to change of a product, module or question',
  minProperties: 1
})
export const ListQuery = {
  active: Type.Optional(Type.Boolean()),
  q: SearchText,
  ...PageQuery.properties
}

type Wire = Static<typeof Product> & { productId?: string, moduleId?: string }

/** An item as it goes out, with exactly the parents that its level has. */
export function itemToWire (
  { id, name, active, version, productId, moduleId, createdAt, updatedAt }: CatalogueItem
): Wire {
  return {
    id,
    name,
    active,
    ...(productId === null ? {} : { productId }),
    ...(moduleId === null ? {} : { moduleId }),
    version,
    createdAt: formatInstant(createdAt),
    updatedAt: formatInstant(updatedAt)
  }
}

/**
 * Stores a new item and publishes its event. `parents` is called in the transaction and refuses parents that are not
 * there.
 */
export async function createItem (request: AnyRequest, reply: AnyReply, deps: RouteDeps, { kind, name, parents }: {
  kind: CatalogueKind,
  name: string,
  parents: (
    tx: Parameters<Parameters<typeof write>[3]>[0]
  ) => Promise<{ productId: string | null, moduleId: string | null }>
}): Promise<AnyReply> {
  return await write(request, reply, deps.database, async (tx) => {
    const at = deps.clock.now()
    const made: CatalogueItem = {
      kind,
      id: deps.ids.next(),
      name: name.trim(),
      ...await parents(tx),
      active: true,
      version: 1,
      createdAt: at,
      updatedAt: at
    }
    if (!await insertItem(tx, made)) {
      problem(errors.catalogue_name_taken, { detail: `there is a ${kind} named ${made.name} already` })
    }
    await deps.outbox.add(tx, [changedEvent(deps, tx.tenantId, made)])
    return { status: 201, body: itemToWire(made), headers: { etag: etagOf(1), location: `/v1/${kind}s/${made.id}` } }
  })
}

/** Changes an item's name or state, and publishes an event unless all stays as it was. */
export async function changeItem (request: AnyRequest, reply: AnyReply, deps: RouteDeps, { kind, id, patch }: {
  kind: CatalogueKind,
  id: string,
  patch: Static<typeof ItemPatch>
}): Promise<AnyReply> {
  return await write(request, reply, deps.database, async (tx) => {
    const before = await lockItem(tx, kind, id) ?? problem(baseErrors.not_found)
    requireIfMatch(request, before.version)
    const [name, active] = [patch.name?.trim() ?? before.name, patch.active ?? before.active]
    if (name === before.name && active === before.active) {
      return { status: 200, body: itemToWire(before), headers: { etag: etagOf(before.version) } }
    }
    const after: CatalogueItem = { ...before, name, active, version: before.version + 1, updatedAt: deps.clock.now() }
    if (!await updateItem(tx, after)) {
      problem(errors.catalogue_name_taken, { detail: `there is a ${kind} named ${name} already` })
    }
    await deps.outbox.add(tx, [changedEvent(deps, tx.tenantId, after)])
    return { status: 200, body: itemToWire(after), headers: { etag: etagOf(after.version) } }
  })
}

/** The wire form of each level; the store gives a level exactly its own parents. */
interface WireOf {
  product: Static<typeof Product>
  module: Static<typeof Module>
  question: Static<typeof Question>
}

/** One item, with its ETag. */
export async function readItem<K extends CatalogueKind> (
  request: AnyRequest,
  reply: AnyReply,
  { database }: RouteDeps,
  kind: K,
  id: string
): Promise<WireOf[K]> {
  const found =
    await findItem(database.forTenant(request.principal.tenantId).read, request.principal.tenantId, kind, id) ??
      problem(baseErrors.not_found)
  reply.header('etag', etagOf(found.version))
  return itemToWire(found) as WireOf[K]
}

/** A page of items. */
export async function readItems<K extends CatalogueKind> (
  request: AnyRequest,
  { database }: RouteDeps,
  kind: K,
  { cursor, limit, ...filter }: Omit<CatalogueFilter, 'afterId'> & { cursor?: string }
): Promise<Page<WireOf[K]>> {
  const after = cursor === undefined ? {} : { afterId: decodeCursor(cursor, IdCursor).id }
  const rows = await listItems(database.forTenant(request.principal.tenantId).read, request.principal.tenantId, kind, {
    ...filter,
    ...after,
    limit: limit + 1
  })
  return toPage(rows.map((row) => itemToWire(row) as WireOf[K]), limit, ({ id }) => ({ id }))
}

/** What tells other services how an item stands now. */
export function changedEvent (
  { ids }: RouteDeps,
  tenantId: string,
  { kind, id, name, productId, moduleId, active, version, updatedAt }: CatalogueItem
): NewEvent {
  return {
    id: ids.next(),
    type: 'dueline.catalogue.changed.v1',
    subject: `${kind}/${id}`,
    time: updatedAt,
    tenantId,
    partitionKey: id,
    sequence: version,
    historical: false,
    data: { item: { kind, id, name, productId, moduleId, active, version } }
  }
}
