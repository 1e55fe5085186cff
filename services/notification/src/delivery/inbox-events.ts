import { formatInstant, type Micros } from '@dueline/business-time'
import type { DuelineEvent } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import type { Clock, Ids } from '@dueline/runtime'
import { appendToFeed, lockFeeds } from '../store/feed-store.ts'
import { countUnreadOf, type NewMessage } from '../store/message-store.ts'

interface Deps {
  readonly clock: Clock
  readonly ids: Ids
}

type InboxEvent = DuelineEvent<'dueline.inbox.message-added.v1' | 'dueline.inbox.read.v1'>

/** Appends to the feeds what came into inboxes; the caller holds the heads of the tenants' feeds. */
export async function announceAdded (tx: Tx, messages: readonly NewMessage[], deps: Deps): Promise<void> {
  const unread = await countUnreadOf(tx, messages)
  const events = messages.map((message) => {
    const { tenantId, personId, id, eventType, ticketId, clockId, escalationId, mark, urgent, subject } = message
    return inboxEvent('dueline.inbox.message-added.v1', tenantId, deps, {
      personId,
      unreadCount: unread(tenantId, personId),
      message: { id, eventType, ticketId, clockId, escalationId, mark, urgent, subject }
    })
  })
  if (events.length > 0) await appendToFeed(tx, events)
}

/** Appends to the feed that a message of an inbox was read, or all (null). */
export async function announceRead (
  tx: Tx,
  { tenantId, personId, messageId }: { tenantId: string, personId: string, messageId: string | null },
  deps: Deps
): Promise<void> {
  // counted when nobody else can change it, so that the last one to say a number is right
  await lockFeeds(tx, [tenantId])
  const unreadCount = (await countUnreadOf(tx, [{ tenantId, personId }]))(tenantId, personId)
  const data = { personId, unreadCount, messageId }
  await appendToFeed(tx, [inboxEvent('dueline.inbox.read.v1', tenantId, deps, data)])
}

/** An inbox has no versions: its events are in the order of the feed. */
function inboxEvent<T extends InboxEvent['type']> (
  type: T,
  tenantId: string,
  { clock, ids }: Deps,
  data: Extract<InboxEvent, { type: T }>['data']
): DuelineEvent {
  const now: Micros = clock.now()
  return {
    specversion: '1.0',
    id: ids.next(),
    source: '/dueline/notification',
    type,
    subject: `person/${data.personId}`,
    time: formatInstant(now),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    partitionkey: data.personId,
    sequence: 0,
    historical: false,
    data
  } as DuelineEvent
}
