import { queryOf, type EventOf, type EventType, type FeedEvent, type FeedOptions } from './events.ts'

/** Asks for one page of the feed. */
export type ReadFeed = (
  query: ReturnType<typeof queryOf> & { after: string | undefined, limit: number },
  signal: AbortSignal | undefined
) => Promise<{ items: unknown[], nextCursor: string }>

const pageMax = 200

/** Every event that the feed holds now, oldest first, page by page as they are taken. */
export async function* feed<Type extends EventType> (
  read: ReadFeed,
  { after, signal, ...choice }: FeedOptions<Type>
): AsyncGenerator<FeedEvent<Type>, void> {
  for (let cursor = after;;) {
    const { items, nextCursor } = await read({ after: cursor, ...queryOf(choice), limit: pageMax }, signal)
    for (const [index, event] of items.entries()) {
      yield { event: event as EventOf<Type>, cursor: index === items.length - 1 ? nextCursor : cursor }
    }
    if (items.length < pageMax) return
    cursor = nextCursor
  }
}
