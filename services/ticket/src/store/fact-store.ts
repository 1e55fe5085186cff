import type { Outbox } from '@dueline/messaging'
import type { Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import { getTableColumns } from 'drizzle-orm'
import { eventOf } from '../domain/events.ts'
import type { Fact, FieldChange, Ticket } from '../domain/ticket.ts'
import { recordsetOf } from './recordset.ts'
import { ticket, ticketMessage, ticketTimeline } from './tables.ts'

/** The facts of one ticket, oldest first, at least one. */
export type Story = readonly [Fact, ...Fact[]]

/** A story with the trace of the request that tells it. */
export interface Told {
  readonly story: Story
  readonly traceparent?: string | undefined
}

/** Thrown where a ticket cannot be made because the tenant has another one with its external id. */
export class ExternalIdTaken extends Error {
  override readonly name = 'ExternalIdTaken'
}

/** Writes facts: the ticket as it stands after them, the timeline, the messages, and the events. */
export interface FactStore {
  /**
   * New tickets whose first fact is `created`. Those whose external id the tenant has already are left out; answers the
   * ids of the tickets made. Two statements whatever the number.
   */
  create(tx: Tx, tenantId: string, told: readonly Told[]): Promise<Set<string>>
  /** Facts of tickets whose rows the caller has locked. Two statements whatever the number. */
  append(tx: Tx, tenantId: string, stories: readonly Story[], traceparent?: string): Promise<void>
  /**
   * Whole histories. Those whose external id the tenant has already are left out; answers the ids of the tickets made.
   * Their events are historical and say `importing` until a history's last.
   */
  importHistories(tx: Tx, tenantId: string, stories: readonly Story[]): Promise<Set<string>>
  /**
   * Imported facts that go on with tickets whose rows the caller has locked. Their events are historical; none says
   * `importing`, as the clocks of these tickets run already.
   */
  continueHistories(tx: Tx, tenantId: string, stories: readonly Story[]): Promise<void>
}

const tickets = recordsetOf(ticket)
const timeline = recordsetOf(ticketTimeline)
const messages = recordsetOf(ticketMessage)

const insertTickets = `insert into ticket (${tickets.columns()}) select ${tickets.columns('r.')} from ${tickets.from(1)}
  on conflict (tenant_id, external_id) where external_id is not null do nothing returning id`
const insertTimeline = (n: number): string =>
  `insert into ticket_timeline (${timeline.columns()}) select ${timeline.columns('r.')} from ${timeline.from(n)}`
const insertMessages = (n: number): string =>
  `insert into ticket_message (${messages.columns()}) select ${messages.columns('r.')} from ${messages.from(n)}`
// what never changes once a ticket is stored
const frozen = new Set(['tenantId', 'id', 'number', 'createdAt', 'externalId', 'customerId', 'channel', 'answers'])
const assignments = Object.entries(getTableColumns(ticket)).filter(([key]) => !frozen.has(key)).map(([, { name }]) =>
  `${name} = r.${name}`
).join(', ')

const statements = {
  create: `with t as (${insertTickets}) ${insertTimeline(2)}
    where r.ticket_id in (select id from t) returning ticket_id as id`,
  append: `with t as (
      update ticket set ${assignments} from ${tickets.from(1)}
      where ticket.tenant_id = r.tenant_id and ticket.id = r.id),
    m as (${insertMessages(3)}) ${insertTimeline(2)}`,
  importTickets: insertTickets,
  importFacts: `with m as (${insertMessages(2)}) ${insertTimeline(1)}`
}

/** Where facts come from: a request as it happens, a history taken in as a whole, or one that goes on. */
type Origin = 'live' | 'history' | 'continued'

/** The store of facts. */
export function createFactStore ({ outbox, ids }: { outbox: Outbox, ids: Ids }): FactStore {
  async function publish (tx: Tx, tenantId: string, told: readonly Told[], origin: Origin): Promise<void> {
    await outbox.add(
      tx,
      told.flatMap(({ story, traceparent }) =>
        story.map((fact, i) => {
          const importing = origin === 'history' && i < story.length - 1
          return eventOf(fact, { id: ids.next(), tenantId, historical: origin !== 'live', importing, traceparent })
        })
      )
    )
  }
  async function append (tx: Tx, tenantId: string, stories: readonly Story[], origin: Origin, traceparent?: string) {
    if (stories.length === 0) return
    const rows = [timeline.param(timelineOf(tenantId, stories)), messages.param(messagesOf(tenantId, stories))]
    const values = [standsOf(tenantId, stories), ...rows]
    await tx.$client.query({ name: 'ticket-append', text: statements.append, values })
    const told = stories.map((story) => ({ story, traceparent }))
    await publish(tx, tenantId, told, origin)
  }
  return {
    async create (tx, tenantId, told) {
      const stories = told.map(({ story }) => story)
      const { rows } = await tx.$client.query<{ id: string }>({
        name: 'ticket-create',
        text: statements.create,
        values: [standsOf(tenantId, stories), timeline.param(timelineOf(tenantId, stories))]
      })
      const made = new Set(rows.map(({ id }) => id))
      await publish(tx, tenantId, told.filter(({ story }) => made.has(story[0].ticket.id)), 'live')
      return made
    },
    append: async (tx, tenantId, stories, traceparent) => await append(tx, tenantId, stories, 'live', traceparent),
    async importHistories (tx, tenantId, stories) {
      if (stories.length === 0) return new Set()
      const query = { name: 'ticket-import', text: statements.importTickets, values: [standsOf(tenantId, stories)] }
      const { rows } = await tx.$client.query<{ id: string }>(query)
      const made = new Set(rows.map(({ id }) => id))
      const told = stories.filter((story) => made.has(story[0].ticket.id))
      if (told.length === 0) return made
      await tx.$client.query({
        name: 'ticket-import-facts',
        text: statements.importFacts,
        values: [timeline.param(timelineOf(tenantId, told)), messages.param(messagesOf(tenantId, told))]
      })
      await publish(tx, tenantId, told.map((story) => ({ story })), 'history')
      return made
    },
    continueHistories: async (tx, tenantId, stories) => await append(tx, tenantId, stories, 'continued')
  }
}

function standsOf (tenantId: string, stories: readonly Story[]): string {
  return tickets.param(stories.map((story) => ({ tenantId, ...standOf(story) })))
}

function standOf (story: Story): Ticket {
  return story.at(-1)!.ticket
}

function timelineOf (tenantId: string, stories: readonly Story[]): Array<typeof ticketTimeline.$inferInsert> {
  return stories.flatMap((story) =>
    story.map(({ at, actor, change, ticket: { id, version } }) => ({
      tenantId,
      ticketId: id,
      version,
      at,
      kind: change.kind,
      actorKind: actor.kind,
      actorId: actor.id,
      reason: 'reason' in change ? change.reason : null,
      changes: changesOf(change),
      messageId: change.kind === 'message-added' ? change.message.id : null,
      internal: change.kind === 'message-added' && change.message.kind === 'internal'
    }))
  )
}

/** Every kind of fact as a list of changed fields: one shape for whoever shows a timeline. */
function changesOf (change: Fact['change']): FieldChange[] {
  switch (change.kind) {
    case 'created':
    case 'message-added':
      return []
    case 'updated':
      return change.changes
    case 'assigned':
      return (['assigneeId', 'teamId'] as const)
        .filter((field) => change.from[field] !== change.to[field])
        .map((field) => ({ field, from: change.from[field], to: change.to[field] }))
    case 'status-changed':
    case 'reopened':
      return [{ field: 'status', from: change.from, to: change.to }]
  }
}

function messagesOf (tenantId: string, stories: readonly Story[]): Array<typeof ticketMessage.$inferInsert> {
  return stories.flatMap((story) =>
    story.flatMap(({ at, change, ticket: { id, version } }) =>
      change.kind === 'message-added' ? [{ ...change.message, tenantId, ticketId: id, version, at }] : []
    )
  )
}
