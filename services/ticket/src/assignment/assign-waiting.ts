import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import { assigned, factTime } from '../domain/changes.ts'
import { type Decision, type WaitingTicket } from '../domain/assignment.ts'
import { decideAll } from '../domain/assignment-pass.ts'
import { isWorking } from '../domain/status.ts'
import { systemActor, type Ticket } from '../domain/ticket.ts'
import type { CalendarCache } from '../store/calendar-store.ts'
import { saveDecisions } from '../store/decision-store.ts'
import type { FactBatch, FactStore } from '../store/fact-store.ts'
import { listRules } from '../store/rule-store.ts'
import { readSnapshot } from '../store/snapshot-store.ts'
import { lockTickets } from '../store/ticket-store.ts'
import { lockTurn, waitingTickets, type QueuePlace } from '../store/waiting-store.ts'

/** Tickets that are looked at with one snapshot, and the most that one transaction gives to people. */
const pageSize = 500
const assignedMax = 200

export interface AssignDeps {
  readonly facts: FactStore
  readonly calendars: CalendarCache
  now(): Micros
}

/**
 * Gives a tenant's waiting tickets to people by its rules, nearest due first, until `assignedMax` are given or all have
 * been looked at. Holds the tenant's turn, so that whoever else decides sees what this has given; does nothing where
 * another worker has the turn. Answers whether it is to be called again: it has given some and not looked at all.
 */
export async function assignWaiting (tx: Tx, tenantId: string, deps: AssignDeps): Promise<boolean> {
  if (!await lockTurn(tx, tenantId, { wait: false })) return false
  const rules = await listRules(tx, tenantId, true)
  if (rules.length === 0) return false
  const sticky = rules.some(({ choice }) => choice === 'last_agent')
  let after: QueuePlace | null = null
  for (;;) {
    const { tickets, last } = await waitingTickets(tx, tenantId, { limit: pageSize, after, sticky })
    if (tickets.length === 0) return false
    const snapshot = await readSnapshot(tx, tenantId, rules, tickets, { at: deps.now(), calendars: deps.calendars })
    const made = decideAll(snapshot, tickets, assignedMax)
    const given = await carryOut(tx, tenantId, made, deps)
    const isAll = tickets.length < pageSize && made.length < assignedMax
    if (isAll || given > 0) return !isAll
    after = last
  }
}

type Made = ReturnType<typeof decideAll>

/** Writes decisions down, but for tickets that have changed in a way that matters since they were read. */
async function carryOut (tx: Tx, tenantId: string, made: Made, { facts, now }: AssignDeps): Promise<number> {
  const tickets = await lockTickets(tx, tenantId, made.map(({ ticket }) => ticket.id))
  const carried = made.flatMap(({ ticket: seen, decision, from }) => {
    const ticket = tickets.get(seen.id)
    if (ticket === undefined || !isAsSeen(ticket, seen)) return []
    const fact = factOf(ticket, decision, now())
    return fact === null ? [] : [{ fact, decision, snapshot: { from, ticket: seen } }]
  })
  if (carried.length === 0) return 0
  await facts.append(tx, tenantId, carried.map(({ fact }): FactBatch => [fact]))
  await saveDecisions(
    tx,
    tenantId,
    carried.map(({ fact, decision, snapshot }) => ({
      ticketId: decision.ticketId,
      ticketVersion: fact.ticket.version,
      decidedAt: snapshot.from.at,
      ruleId: decision.ruleId!,
      assigneeId: decision.assigneeId!,
      snapshot
    }))
  )
  return carried.length
}

function isAsSeen ({ assigneeId, status, priority }: Ticket, { subject }: WaitingTicket): boolean {
  return assigneeId === null && isWorking(status) && priority === subject.priority
}

function factOf (ticket: Ticket, { assigneeId, teamId, ruleId, why }: Decision, now: Micros) {
  const to = { assigneeId, teamId: ticket.teamId ?? teamId }
  return assigned(ticket, to, why, factTime(ticket, now), systemActor, ruleId)
}
