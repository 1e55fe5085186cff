import type { Read } from '@dueline/postgres'
import { pathOf, type AttributePath, type Resource } from '../domain/scim/attributes.ts'
import { parseFilter, type Filter } from '../domain/scim/filter.ts'
import { matches } from '../domain/scim/matches.ts'
import { planOf } from '../domain/scim/plan.ts'
import { refused, ScimError } from '../domain/scim/scim-error.ts'
import { listBody, shownOf, sortKeyOf, type Shown } from '../domain/scim/views.ts'
import { viewOf, type Kind } from './kind.ts'

/** What a list is asked for, by query or by `.search`. */
export interface ListQuery extends Shown {
  readonly filter: string | undefined
  readonly sortBy: string | undefined
  readonly descending: boolean
  /** Counts from 1. */
  readonly startIndex: number
  readonly count: number
}

/** Most resources of one answer. */
export const pageMax = 200
/** Most resources that one list reads to try a filter on them, or to sort them. */
const readMax = 200_000
const batch = 500

interface Found {
  readonly id: string
  readonly key: string | undefined
}

interface Walk {
  readonly rest: Filter | null
  readonly sort: AttributePath | undefined
}

/** Tries a filter on resources one after the other: of each that fits its id and sort key are remembered. */
async function walk (
  read: Read,
  tenantId: string,
  kind: Kind,
  { rest, sort, equal }: Walk & { equal: Parameters<Kind['count']>[2] }
): Promise<Found[]> {
  const found: Found[] = []
  let after: string | undefined
  for (let seen = 0;; seen += batch) {
    if (seen >= readMax) refused('tooMany', `a list tries its filter on ${readMax} resources at most: narrow it down`)
    const rows = await kind.select(read, tenantId, { equal, after, limit: batch })
    for (const row of rows) {
      const resource = viewOf(kind, row)
      if (rest !== null && !matches(rest, resource)) continue
      found.push({ id: row.id, key: sort === undefined ? undefined : sortKeyOf(resource, sort) })
    }
    if (rows.length < batch) return found
    after = rows.at(-1)!.id
  }
}

/** Who has no key comes last when ascending, first when descending (RFC 7644, 3.4.2.3). */
function inOrder (found: Found[], descending: boolean): Found[] {
  const order = (a: Found, b: Found): number => {
    if (a.key === b.key) return a.id < b.id ? -1 : 1
    if (a.key === undefined || b.key === undefined) return a.key === undefined ? 1 : -1
    return a.key < b.key ? -1 : 1
  }
  return found.sort((a, b) => descending ? order(b, a) : order(a, b))
}

async function pageOf (read: Read, tenantId: string, kind: Kind, query: ListQuery): Promise<[Resource[], number]> {
  const { filter, sortBy, descending, startIndex, count } = query
  const sort = sortBy === undefined ? undefined : pathOf(kind.type, sortBy) ??
    refused('invalidPath', `there is no attribute ${sortBy.slice(0, 200)} to sort by`)
  const { equal, rest } = planOf(filter === undefined ? null : parseFilter(kind.type, filter), kind.indexed)
  const offset = startIndex - 1
  if (rest === null && sort === undefined) {
    const total = await kind.count(read, tenantId, equal)
    if (count === 0 || offset >= total) return [[], total]
    const rows = await kind.select(read, tenantId, { equal, offset, limit: count })
    return [rows.map((row) => viewOf(kind, row)), total]
  }
  const found = await walk(read, tenantId, kind, { equal, rest, sort })
  const wanted = (sort === undefined ? found : inOrder(found, descending)).slice(offset, offset + count)
  const rows = await Promise.all(wanted.map(async ({ id }) => await kind.find(read, tenantId, id)))
  return [rows.flatMap((row) => row === undefined ? [] : [viewOf(kind, row)]), found.length]
}

/** The body of a list of resources of one kind. @throws ScimError invalidFilter, invalidPath, tooMany */
export async function listResources (read: Read, tenantId: string, kind: Kind, query: ListQuery): Promise<object> {
  const [resources, total] = await pageOf(read, tenantId, kind, query)
  return listBody(resources.map((resource) => shownOf(kind.type, resource, query)), total, query.startIndex)
}

/**
 * The body of a list of all kinds, one after the other. A kind that does not have what is filtered or sorted by has
 * none that fits. @throws ScimError when no kind has it
 */
export async function searchAll (
  read: Read,
  tenantId: string,
  kinds: readonly Kind[],
  query: ListQuery
): Promise<object> {
  const shown: Resource[] = []
  const failures: unknown[] = []
  let total = 0
  for (const kind of kinds) {
    const startIndex = Math.max(1, query.startIndex - total)
    const own = { ...query, startIndex, count: query.count - shown.length }
    try {
      const [resources, found] = await pageOf(read, tenantId, kind, own)
      shown.push(...resources.map((resource) => shownOf(kind.type, resource, query)))
      total += found
    } catch (error) {
      if (!(error instanceof ScimError)) throw error
      failures.push(error)
    }
  }
  if (failures.length === kinds.length) throw failures[0]
  return listBody(shown, total, query.startIndex)
}
