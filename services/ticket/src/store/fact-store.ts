import type { NewEvent } from '@dueline/contracts'
import type { Outbox } from '@dueline/messaging'
import { tableRows, type Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import { eventOf } from '../domain/events.ts'
import type { TicketFact, FieldChange, Ticket } from '../domain/ticket.ts'
import { ticket, ticketMessage, ticketTimeline } from './tables.ts'

/** The facts of one ticket, oldest first, at least one. */
export type FactBatch = readonly [TicketFact, ...TicketFact[]]

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
  create(tx: Tx, tenantId: string, batches: readonly FactBatch[]): Promise<Set<string>>
  /** Facts of tickets whose rows the caller has locked. Two statements whatever the number. */
  append(tx: Tx, tenantId: string, batches: readonly FactBatch[]): Promise<void>
  /**
   * Whole histories. Those whose external id the tenant has already are left out; answers the ids of the tickets made.
   * Their events are historical and say `importing` until a history's last.
   */
  importHistories(tx: Tx, tenantId: string, batches: readonly FactBatch[]): Promise<Set<string>>
  /**
   * Imported facts that go on with tickets whose rows the caller has locked. Their events are historical; none says
   * `importing`, as the clocks of these tickets run already.
   */
  continueHistories(tx: Tx, tenantId: string, batches: readonly FactBatch[]): Promise<void>
}

const tickets = tableRows(ticket)
const timeline = tableRows(ticketTimeline)
const messages = tableRows(ticketMessage)
/** Where the parameters of the facts begin: behind those of the tickets. */
const afterTickets = 1 + tickets.count

const insertTickets = `
  insert into ticket (${tickets.columns()}) select ${tickets.columns()} from ${tickets.from(1, 't')}
  on conflict (tenant_id, external_id) where external_id is not null do nothing
  returning id`
const insertTimeline = (first: number): string => `
  insert into ticket_timeline (${timeline.columns()})
  select ${timeline.columns()} from ${timeline.from(first, 'f')}`
const insertMessages = (first: number): string => `
  insert into ticket_message (${messages.columns()})
  select ${messages.columns()} from ${messages.from(first, 'm')}`

const createSql = `
  with made as (${insertTickets})
  ${insertTimeline(afterTickets)}
  where f.ticket_id in (select id from made) returning ticket_id as id`

// Everything but what never changes once a ticket is stored.
const appendSql = `
  with changed as (
    update ticket set
      subject = t.subject, description = t.description, type = t.type, status = t.status, priority = t.priority,
      severity = t.severity, product_id = t.product_id, module_id = t.module_id, question_id = t.question_id,
      assignee_id = t.assignee_id, team_id = t.team_id, tags = t.tags, custom = t.custom,
      customer_fields = t.customer_fields, updated_at = t.updated_at, resolved_at = t.resolved_at,
      closed_at = t.closed_at, reopen_count = t.reopen_count, version = t.version
    from ${tickets.from(1, 't')}
    where ticket.tenant_id = t.tenant_id and ticket.id = t.id),
  written as (${insertMessages(afterTickets + timeline.count)})
  ${insertTimeline(afterTickets)}`

const importFactsSql = `
  with written as (${insertMessages(1 + timeline.count)})
  ${insertTimeline(1)}`

/** Facts of one statement of an import: others get their turn in between, and the next are made while it is written. */
const portionMax = 1_000

/** Where facts come from: a request as it happens, a history taken in as a whole, or one that goes on. */
type Origin = 'live' | 'history' | 'continued'

/** The store of facts. */
export function createFactStore ({ outbox, ids }: { outbox: Outbox, ids: Ids }): FactStore {
  async function publish (tx: Tx, tenantId: string, batches: readonly FactBatch[], origin: Origin): Promise<void> {
    await outbox.add(tx, eventsOf(tenantId, batches, origin))
  }
  function* eventsOf (tenantId: string, batches: readonly FactBatch[], origin: Origin): Generator<NewEvent> {
    for (const batch of batches) {
      for (const [i, fact] of batch.entries()) {
        const importing = origin === 'history' && i < batch.length - 1
        yield eventOf(fact, { id: ids.next(), tenantId, historical: origin !== 'live', importing })
      }
    }
  }
  async function append (tx: Tx, tenantId: string, batches: readonly FactBatch[], origin: Origin) {
    if (batches.length === 0) return
    const values = [...standsOf(tenantId, batches), ...factsOf(tenantId, batches.flat())]
    await tx.$client.query({ name: 'ticket-append', text: appendSql, values })
    await publish(tx, tenantId, batches, origin)
  }
  return {
    async create (tx, tenantId, batches) {
      const { rows } = await tx.$client.query<{ id: string }>({
        name: 'ticket-create',
        text: createSql,
        values: [...standsOf(tenantId, batches), ...timeline.values(timelineOf(tenantId, batches.flat()))]
      })
      const made = new Set(rows.map(({ id }) => id))
      await publish(tx, tenantId, batches.filter((batch) => made.has(batch[0].ticket.id)), 'live')
      return made
    },
    append: async (tx, tenantId, batches) => await append(tx, tenantId, batches, 'live'),
    async importHistories (tx, tenantId, batches) {
      if (batches.length === 0) return new Set()
      const query = { name: 'ticket-import', text: insertTickets, values: standsOf(tenantId, batches) }
      const { rows } = await tx.$client.query<{ id: string }>(query)
      const made = new Set(rows.map(({ id }) => id))
      const traced = batches.filter((batch) => made.has(batch[0].ticket.id))
      if (traced.length === 0) return made
      await insertFacts(tx, tenantId, traced.flat())
      await publish(tx, tenantId, traced, 'history')
      return made
    },
    continueHistories: async (tx, tenantId, batches) => await append(tx, tenantId, batches, 'continued')
  }
}

/** Writes facts of imported tickets, of many a portion at a time. */
async function insertFacts (tx: Tx, tenantId: string, facts: readonly TicketFact[]): Promise<void> {
  let writing: Promise<unknown> | undefined
  try {
    for (let from = 0; from < facts.length; from += portionMax) {
      const values = factsOf(tenantId, facts.slice(from, from + portionMax))
      await writing
      writing = tx.$client.query({ name: 'ticket-import-facts', text: importFactsSql, values })
    }
  } finally {
    await writing
  }
}

function standsOf (tenantId: string, batches: readonly FactBatch[]): string[] {
  return tickets.values(batches.map((batch) => ({ tenantId, ...standOf(batch) })))
}

function factsOf (tenantId: string, facts: readonly TicketFact[]): string[] {
  return [...timeline.values(timelineOf(tenantId, facts)), ...messages.values(messagesOf(tenantId, facts))]
}

function standOf (batch: FactBatch): Ticket {
  return batch.at(-1)!.ticket
}

function timelineOf (tenantId: string, facts: readonly TicketFact[]): Array<typeof ticketTimeline.$inferInsert> {
  return facts.map(({ at, actor, change, ticket: { id, version } }) => ({
    tenantId,
    ticketId: id,
    version,
    at,
    kind: change.kind,
    actorKind: actor.kind,
    actorId: actor.id,
    reason: 'reason' in change ? change.reason : null,
    changes: changesOf(change),
    ruleId: change.kind === 'assigned' ? change.ruleId : null,
    messageId: change.kind === 'message-added' ? change.message.id : null,
    internal: change.kind === 'message-added' && change.message.kind === 'internal'
  }))
}

/** Every kind of fact as a list of changed fields: one shape for whoever shows a timeline. */
function changesOf (change: TicketFact['change']): FieldChange[] {
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

function messagesOf (tenantId: string, facts: readonly TicketFact[]): Array<typeof ticketMessage.$inferInsert> {
  return facts.flatMap(({ at, change, ticket: { id, version } }) =>
    change.kind === 'message-added' ? [{ ...change.message, tenantId, ticketId: id, version, at }] : []
  )
}
