import { formatInstant } from '@dueline/business-time'
import { Uuid, type NewEvent } from '@dueline/contracts'
import {
  baseErrors,
  decodeCursor,
  etagOf,
  problem,
  requireIfMatch,
  requireIfMatchWhereSent,
  toPage,
  write,
  type AnyReply,
  type AnyRequest,
  type Fault,
  type Page,
  type Principal
} from '@dueline/http'
import { isUniqueViolation, type TenantTx } from '@dueline/postgres'
import type { SQL } from 'drizzle-orm'
import { applied, differs, type Sent } from '../domain/drafts.ts'
import { errors } from '../errors.ts'
import type { AggregateStore, Stamped } from '../store/aggregate-store.ts'
import type { Mention } from '../upstreams/references.ts'
import type { RouteDeps } from './route-deps.ts'

// What teams and the like have in common; one file per operation says what differs.

/** One kind of what callers write here; `Wire` is how they see it. */
export interface Aggregate<Draft extends object, Wire = View<Draft & Stamped>> {
  /** As in `/v1/teams`. */
  readonly path: string
  readonly store: AggregateStore<Draft & Stamped>
  /** The unique index of what no two may have, and what ends the request of who tries. */
  readonly unique?: { readonly index: string, readonly refuse: (row: Draft) => never }
  readonly view: (row: Draft & Stamped, principal: Principal) => Wire
  /** Whether the caller may write this one, where its role may write some. @throws Problem 403 */
  readonly permit?: (principal: Principal, row: Draft) => void
  /** A thing of which nothing is said. */
  readonly empty: Draft
  /** What `next` names that `before` did not, of what others own. */
  readonly mentions: (next: Draft, before: Draft) => Mention[]
  /** What else is wrong with it, in the transaction that writes it. */
  readonly faults?: (tx: TenantTx, id: string, next: Draft, before: Draft) => Promise<Fault[]>
  /** What must be so before it is deleted, in the transaction that does. @throws Problem */
  readonly beforeDelete?: (tx: TenantTx, id: string) => Promise<void>
  /** What says of it that it changed, or is no more. */
  readonly event: (row: Draft & Stamped, deleted: boolean) => Pick<NewEvent, 'type' | 'data' | 'subject'>
}

/** The wire form: instants as texts. */
export type View<Row extends Stamped> = Omit<Row, 'createdAt' | 'updatedAt'> & { createdAt: string, updatedAt: string }

/** A row as it is, but for its instants. */
export function viewOf<Row extends Stamped> (row: Row): View<Row> {
  return { ...row, createdAt: formatInstant(row.createdAt), updatedAt: formatInstant(row.updatedAt) }
}

/** Ends the request when there is any fault. */
export function refuse (faults: readonly Fault[]): void {
  if (faults.length > 0) problem(baseErrors.validation_failed, { faults })
}

/** Ends the request when somebody or something that it names is not there. */
export async function checkMentions (
  request: AnyRequest,
  { references }: RouteDeps,
  mentions: Mention[]
): Promise<void> {
  const { principal: { tenantId }, headers: { authorization } } = request
  refuse(await references.faults({ tenantId, authorization }, mentions))
}

/** No two may have the same name. */
export function uniqueName (index: string): NonNullable<Aggregate<{ readonly name: string }>['unique']> {
  return {
    index,
    refuse: ({ name }) =>
      problem(errors.name_taken, {
        detail: `another one is named ${name} already`,
        faults: [{ pointer: '/name', message: 'must be a name that no other has; capitals do not count' }]
      })
  }
}

async function stored<Draft extends object> (
  { unique }: Aggregate<Draft, unknown>,
  row: Draft,
  writing: Promise<void>
): Promise<void> {
  await writing.catch((error: unknown) => {
    if (unique === undefined || !isUniqueViolation(error, unique.index)) throw error
    unique.refuse(row)
  })
}

/** What an event says of every change: of what (`key`), when, and which version it makes. */
export function eventFrame (
  { tenantId }: Pick<TenantTx, 'tenantId'>,
  ids: RouteDeps['ids'],
  key: string,
  { version, updatedAt }: Pick<Stamped, 'version' | 'updatedAt'>
) {
  return { id: ids.next(), time: updatedAt, tenantId, partitionKey: key, sequence: version, historical: false }
}

async function announce<Draft extends object> (
  tx: TenantTx,
  { outbox, ids }: RouteDeps,
  { event }: Aggregate<Draft, unknown>,
  row: Draft & Stamped,
  deleted = false
): Promise<void> {
  await outbox.add(tx, [{ ...eventFrame(tx, ids, row.id, row), ...event(row, deleted) } as NewEvent])
}

/** Adds one of which callers have said `draft`, and says so. @throws Problem name_taken */
export async function insertRow<Draft extends object> (
  tx: TenantTx,
  deps: RouteDeps,
  kind: Aggregate<Draft, unknown>,
  draft: Draft
): Promise<Draft & Stamped> {
  const [id, now] = [deps.ids.next(), deps.clock.now()]
  refuse(await kind.faults?.(tx, id, draft, kind.empty) ?? [])
  const row = { ...draft, id, version: 1, createdAt: now, updatedAt: now }
  await stored(kind, row, kind.store.insert(tx, row))
  await announce(tx, deps, kind, row)
  return row
}

/** Writes one that is locked as it is to be, one version later, and says so. @throws Problem name_taken */
export async function updateRow<Draft extends object> (
  tx: TenantTx,
  deps: RouteDeps,
  kind: Aggregate<Draft, unknown>,
  next: Draft & Stamped
): Promise<Draft & Stamped> {
  const row = { ...next, version: next.version + 1, updatedAt: Math.max(deps.clock.now(), next.updatedAt + 1) }
  await stored(kind, row, kind.store.update(tx, row))
  await announce(tx, deps, kind, row)
  return row
}

/** Deletes one that is locked, and says so as its last version. */
export async function removeRow<Draft extends object> (
  tx: TenantTx,
  deps: RouteDeps,
  kind: Aggregate<Draft, unknown>,
  before: Draft & Stamped
): Promise<void> {
  await kind.beforeDelete?.(tx, before.id)
  await kind.store.remove(tx, before.id)
  const updatedAt = Math.max(deps.clock.now(), before.updatedAt + 1)
  await announce(tx, deps, kind, { ...before, version: before.version + 1, updatedAt }, true)
}

/** Names have no blanks around them. */
function cleaned<Draft extends object> (sent: Sent<Draft>): Sent<Draft> {
  const { name } = sent as { name?: unknown }
  return typeof name === 'string' ? { ...sent, name: name.trim() } : sent
}

/** Makes one. */
export async function createOne<Draft extends object> (
  request: AnyRequest,
  reply: AnyReply,
  deps: RouteDeps,
  kind: Aggregate<Draft, unknown>,
  sent: Sent<Draft>
): Promise<AnyReply> {
  const { principal } = request
  const draft = applied(kind.empty, cleaned(sent))
  kind.permit?.(principal, draft)
  await checkMentions(request, deps, kind.mentions(draft, kind.empty))
  return await write(request, reply, deps.database, async (tx) => {
    const row = await insertRow(tx, deps, kind, draft)
    const headers = { etag: etagOf(1), location: `${kind.path}/${row.id}` }
    return { status: 201, body: kind.view(row, principal), headers }
  })
}

/** Changes one; a change that changes nothing makes no new version. */
export async function changeOne<Draft extends object> (
  request: AnyRequest,
  reply: AnyReply,
  deps: RouteDeps,
  kind: Aggregate<Draft, unknown>,
  { id, sent }: { id: string, sent: Sent<Draft> }
): Promise<AnyReply> {
  const { principal, principal: { tenantId } } = request
  const change = cleaned(sent)
  const seen = await kind.store.find(deps.database.forTenant(tenantId).read, tenantId, id) ??
    problem(baseErrors.not_found)
  kind.permit?.(principal, seen)
  requireIfMatch(request, seen.version)
  // owners may have to be asked over HTTP: not while a row is locked
  await checkMentions(request, deps, kind.mentions(applied<Draft>(seen, change), seen))
  return await write(request, reply, deps.database, async (tx) => {
    const before = await kind.store.find(tx, tenantId, id, { lock: true }) ?? problem(baseErrors.not_found)
    if (before.version !== seen.version) {
      problem(baseErrors.precondition_failed, { headers: { etag: etagOf(before.version) } })
    }
    const next = applied<Draft & Stamped>(before, change as Sent<Draft & Stamped>)
    if (!differs<object>(before, next)) {
      return { status: 200, body: kind.view(before, principal), headers: { etag: etagOf(before.version) } }
    }
    refuse(await kind.faults?.(tx, id, next, before) ?? [])
    const row = await updateRow<Draft>(tx, deps, kind, next)
    return { status: 200, body: kind.view(row, principal), headers: { etag: etagOf(row.version) } }
  })
}

/** One, with its ETag. */
export async function readOne<Draft extends object, Wire> (
  { principal, principal: { tenantId } }: AnyRequest,
  reply: AnyReply,
  { database }: RouteDeps,
  { store, view }: Aggregate<Draft, Wire>,
  id: string
): Promise<Wire> {
  const found = await store.find(database.forTenant(tenantId).read, tenantId, id) ?? problem(baseErrors.not_found)
  reply.header('etag', etagOf(found.version))
  return view(found, principal)
}

/** A page of them, the oldest first. */
export async function readPage<Draft extends object, Wire extends { id: string }> (
  { principal, principal: { tenantId } }: AnyRequest,
  { database }: RouteDeps,
  { store, view }: Aggregate<Draft, Wire>,
  { limit, cursor, where }: { limit: number, cursor?: string | undefined, where: SQL | undefined }
): Promise<Page<Wire>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, Uuid)
  const rows = await store.list(database.forTenant(tenantId).read, tenantId, { limit: limit + 1, after, where })
  return toPage(rows.map((row) => view(row, principal)), limit, ({ id }) => id)
}

/** Deletes one, in the version that the caller has seen where it says so, and says so as its last version. */
export async function deleteOne<Draft extends object> (
  request: AnyRequest,
  reply: AnyReply,
  deps: RouteDeps,
  kind: Aggregate<Draft, unknown>,
  id: string
): Promise<AnyReply> {
  return await write(request, reply, deps.database, async (tx) => {
    const before = await kind.store.find(tx, tx.tenantId, id, { lock: true }) ?? problem(baseErrors.not_found)
    kind.permit?.(request.principal, before)
    requireIfMatchWhereSent(request, before.version)
    await removeRow(tx, deps, kind, before)
    return { status: 204 }
  })
}
