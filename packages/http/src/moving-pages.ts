import { Uuid } from '@dueline/contracts'
import type { SeenTransactions } from '@dueline/postgres'
import { Type, type Static, type TSchema } from 'typebox'
import { encodeCursor, type Page } from './pages.ts'

const TransactionId = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Seen = Type.Object({ to: TransactionId, open: Type.Array(TransactionId, { maxItems: 50 }) })

/**
 * The position in a list whose order moves: behind an item, or, once all have been shown in order, in what was written
 * since the list began, behind an id (null: at its start). @param position the values of an item that the list is
 * ordered by
 */
export function MovingPosition<T extends TSchema> (position: T) {
  return Type.Union([
    Type.Object({ seen: Seen, after: position }, { additionalProperties: false }),
    Type.Object({ seen: Seen, writtenAfter: Type.Union([Uuid, Type.Null()]) }, { additionalProperties: false })
  ])
}

/** How a list whose order moves is read. */
export interface MovingList<Row, Position> {
  readonly limit: number
  /** From the cursor; null for the first page. */
  readonly position: { seen: Static<typeof Seen>, after: Position } | {
    seen: Static<typeof Seen>,
    writtenAfter: string | null
  } | null
  /** What the list has seen when it begins. */
  begin(): Promise<SeenTransactions>
  /** Up to `limit` rows in order, behind a position. */
  ordered(after: Position | null, limit: number): Promise<Row[]>
  /** Up to `limit` rows written since, by id, behind an id. */
  written(seen: SeenTransactions, after: string | null, limit: number): Promise<Row[]>
  positionOf(row: Row): Position
  idOf(row: Row): string
}

/**
 * A page of a list that is ordered by what changes. An item that moves while somebody pages through would be on no
 * page; so behind the last ordered page comes what was written since the list began, in an order that does not move.
 * Every item that is there from the first page to the last is on one page at least; one that changed meanwhile may be
 * on two. `cursorOf` adds to a position what else a cursor of the list has to say.
 */
export async function movingPage<Row, Position> (
  list: MovingList<Row, Position>,
  cursorOf: (position: object) => unknown
): Promise<Page<Row>> {
  const { limit, position } = list
  const next = (more: boolean, where: object): string | null => (more ? encodeCursor(cursorOf(where)) : null)
  if (position !== null && 'writtenAfter' in position) {
    const rows = await list.written(position.seen, position.writtenAfter, limit + 1)
    const items = rows.slice(0, limit)
    return {
      items,
      nextCursor: next(rows.length > limit, {
        seen: position.seen,
        writtenAfter: items.length === 0 ? null : list.idOf(items.at(-1)!)
      })
    }
  }
  const seen = position?.seen ?? (await list.begin())
  const rows = await list.ordered(position?.after ?? null, limit + 1)
  const items = rows.slice(0, limit)
  if (rows.length > limit) return { items, nextCursor: next(true, { seen, after: list.positionOf(items.at(-1)!) }) }
  // one statement has shown all: nothing can have moved past it
  if (position === null) return { items, nextCursor: null }
  const room = limit - items.length
  const written = await list.written(seen, null, room + 1)
  const added = written.slice(0, room)
  const shown = new Set(items.map(list.idOf))
  const writtenAfter = added.length === 0 ? null : list.idOf(added.at(-1)!)
  return {
    items: [...items, ...added.filter((row) => !shown.has(list.idOf(row)))],
    nextCursor: next(written.length > room, { seen, writtenAfter })
  }
}
