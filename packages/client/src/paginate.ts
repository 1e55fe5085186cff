import type { AnyCall, AnyRequest } from './client.ts'
import type { ItemAt, OperationAt, PagedPath, RequestArgument } from './operations.ts'
import { DuelineError } from './problems.ts'

export interface PagingOptions {
  /** Items at most; all by default. */
  itemsMax?: number
}

/**
 * The items of a list, page by page as they are taken: one page is held at a time, `query.limit` is its size. Lists
 * are stable when something is added meanwhile; what moves in their order can come twice.
 */
export type Paginate = <P extends PagedPath>(
  path: P,
  ...request: RequestArgument<OperationAt<'get', P>, PagingOptions>
) => AsyncGenerator<ItemAt<P>, void>

export function paginateWith (call: AnyCall): Paginate {
  return ((path: string, request?: Given) => items(call, path, request)) as Paginate
}

type Given = AnyRequest & PagingOptions

async function* items (
  call: AnyCall,
  path: string,
  { itemsMax = Infinity, ...request }: Given = {}
): AsyncGenerator<unknown, void> {
  let left = itemsMax
  for (let cursor: string | null | undefined; cursor !== null && left > 0;) {
    const query = { ...request.query, ...(cursor === undefined ? {} : { cursor }) }
    const { items, nextCursor }: { items: unknown[], nextCursor: string | null } =
      (await call('get', path, { ...request, query })).data
    for (const item of items.slice(0, left)) yield item
    left -= items.length
    if (nextCursor !== null && nextCursor === cursor) {
      throw new RepeatedCursor(`GET ${path} answered the same cursor twice`)
    }
    cursor = nextCursor
  }
}

/** The list would never end. */
export class RepeatedCursor extends DuelineError {
  override readonly name = 'RepeatedCursor'
}
