import type { ClockSnapshot, DuelineEvent, EscalationSnapshot } from '@dueline/contracts'
import type { Api } from '@dueline/demo'

export interface Ticket {
  id: string
  number: string
  type: string
  customerId: string
  assigneeId: string | null
  createdAt: string
  version: number
}
export interface Clock extends ClockSnapshot {
  serverTime: string
}
export interface LedgerEntry {
  from: string
  to: string | null
  state: string
  consumed: string
  cause: string
}
export interface Escalation extends EscalationSnapshot {
  nextLevelAt: string | null
  history: { kind: string, level: { number: number } | null }[]
}
export interface Message {
  id: string
  eventId: string
  personId: string
  channel: string
  recipient: string | null
  state: string
  lastError: string | null
}
export interface Endpoint {
  id: string
  state: string
  types: string[]
  createdAt: string
}
export interface Delivery {
  id: string
  endpointId: string
  eventId: string
  eventType: string
  state: string
  attempts: number
  lastError: string | null
}
/** What a mail catcher holds of one mail. */
export interface Mail {
  messageId: string
  to: string[]
  subject: string
}

/** All that the public API tells of a tenant. */
export interface TenantRecord {
  tickets: Ticket[]
  clocks: Clock[]
  /** By clock id. */
  ledgers: Map<string, LedgerEntry[]>
  /** In the feed's order. */
  events: DuelineEvent[]
  escalations: Escalation[]
  messages: Message[]
  endpoints: Endpoint[]
  deliveries: Delivery[]
}

interface Page<T> {
  items: T[]
  nextCursor: string | null
}

/**
 * Reads everything; `api` needs the roles admin, manager and integrator. The feed comes last: it then holds what the
 * rest tells of.
 */
export async function readTenant (api: Api): Promise<TenantRecord> {
  const tickets = await readAll<Ticket>(api, '/v1/tickets')
  const clocks = await readAll<Clock>(api, '/v1/clocks')
  const ledgers = new Map<string, LedgerEntry[]>()
  await inTurns(clocks, async ({ id }) => {
    ledgers.set(id, (await api.get<Page<LedgerEntry>>(`/v1/clocks/${id}/ledger`)).items)
  })
  const escalations: Escalation[] = []
  await inTurns(await readAll<{ id: string }>(api, '/v1/escalations'), async ({ id }) => {
    escalations.push(await api.get<Escalation>(`/v1/escalations/${id}`))
  })
  return {
    tickets,
    clocks,
    ledgers,
    escalations,
    messages: await readAll<Message>(api, '/v1/messages'),
    endpoints: await readAll<Endpoint>(api, '/v1/webhook-endpoints'),
    deliveries: await readAll<Delivery>(api, '/v1/webhook-deliveries'),
    events: await readFeed(api)
  }
}

/** The whole feed of a tenant, oldest first. */
export async function readFeed (api: Api): Promise<DuelineEvent[]> {
  const events: DuelineEvent[] = []
  for (let after = '';;) {
    const { items, nextCursor } = await api.get<{ items: DuelineEvent[], nextCursor: string }>(
      `/v1/events?limit=200${after}`
    )
    if (items.length === 0) return events
    events.push(...items)
    after = `&after=${nextCursor}`
  }
}

/** Each item once, as it came last: one that moves while the pages are read may be on two. */
async function readAll<T extends { id: string }> (api: Api, path: string): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const page: Page<T> = await api.get<Page<T>>(`${path}?limit=200${cursor === null ? '' : `&cursor=${cursor}`}`)
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return [...new Map(items.map((item) => [item.id, item])).values()]
}

/** A few at a time. */
async function inTurns<T> (items: readonly T[], fn: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items]
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await fn(item)
  }))
}
