import type {
  Client,
  Clock,
  EscalationDetail,
  LedgerEntry,
  SentMessage,
  Ticket,
  WebhookDelivery,
  WebhookEndpoint
} from '@dueline/client'
import type { DuelineEvent } from '@dueline/contracts'

export type { Clock, EscalationDetail, LedgerEntry, Ticket }

/** What a mail catcher holds of one mail. */
export interface Mail {
  messageId: string
  to: string[]
  subject: string
}

/** All that the public API says about a tenant. */
export interface TenantRecord {
  tickets: Ticket[]
  clocks: Clock[]
  /** By clock id. */
  ledgers: Map<string, LedgerEntry[]>
  /** In the feed's order. */
  events: DuelineEvent[]
  escalations: EscalationDetail[]
  messages: SentMessage[]
  endpoints: WebhookEndpoint[]
  deliveries: WebhookDelivery[]
}

/**
 * Reads everything; `api` needs the roles admin, manager and integrator. The feed comes last: it then has every event
 * of the rest.
 */
export async function readTenant (api: Client): Promise<TenantRecord> {
  const query = { limit: 200 }
  const tickets = await latest(api.paginate('/v1/tickets', { query }))
  const clocks = await latest(api.paginate('/v1/clocks', { query }))
  const ledgers = new Map<string, LedgerEntry[]>()
  await inTurns(clocks, async ({ id }) => {
    const ledger = api.paginate('/v1/clocks/{clockId}/ledger', { path: { clockId: id }, query })
    ledgers.set(id, await Array.fromAsync(ledger))
  })
  const escalations: EscalationDetail[] = []
  await inTurns(await latest(api.paginate('/v1/escalations', { query })), async ({ id }) => {
    escalations.push((await api.get('/v1/escalations/{escalationId}', { path: { escalationId: id } })).data)
  })
  return {
    tickets,
    clocks,
    ledgers,
    escalations,
    messages: await latest(api.paginate('/v1/messages', { query })),
    endpoints: await latest(api.paginate('/v1/webhook-endpoints', { query })),
    deliveries: await latest(api.paginate('/v1/webhook-deliveries', { query })),
    events: await readFeed(api)
  }
}

/** The whole feed of a tenant, oldest first. */
export async function readFeed (api: Client): Promise<DuelineEvent[]> {
  return await Array.fromAsync(
    api.feed(),
    ({ event }) => ({ ...event, sequence: Number(event.sequence) }) as DuelineEvent
  )
}

/** Each item once, as it came last: one that moves while the pages are read may be on two. */
async function latest<T extends { id: string }> (items: AsyncIterable<T>): Promise<T[]> {
  return [...new Map((await Array.fromAsync(items)).map((item) => [item.id, item])).values()]
}

/** A few at a time. */
async function inTurns<T> (items: readonly T[], fn: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await fn(item)
  }))
}
