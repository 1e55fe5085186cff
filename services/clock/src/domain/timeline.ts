import type { Micros } from '@dueline/business-time'
import type { Metric, TicketStatus } from '@dueline/contracts'
import type { Assignment, Fact, FactData } from './facts.ts'
import type { Trigger } from './lifecycle.ts'

/** Whose turn it was during a segment. */
export interface Holder {
  readonly kind: 'agent' | 'team' | 'customer' | 'vendor' | 'queue'
  readonly id: string | null
}

/** What made a segment begin, in short. Words are answered: they may be added to, never changed. */
export type CauseWord =
  | 'created'
  | 'assigned'
  | 'clock paused'
  | 'clock resumed'
  | 'clock extended'
  | 'clock waived'
  | `status ${TicketStatus}`
  | `${FactData['message']['visibility']} message by ${FactData['message']['author']}`
  | 'agreement'
  | 'agreement withdrawn'
  | 'agreement without this target'
  | 'pause ended by itself'

/** Why a segment began: a word, and the fact, agreement or command behind it. */
export interface Cause {
  readonly what: CauseWord
  readonly id: string | null
}

/** One fact, read: the ticket after it and what it triggers for each metric. */
export interface TimelineEntry {
  readonly at: Micros
  readonly cause: Cause
  readonly status: TicketStatus
  readonly holder: Holder
  readonly trigger: Trigger | null
  /** The fact again, when it is a command to one clock. */
  readonly command: Extract<Fact, { kind: `clock_${string}` }> | null
}

const endedBy: Partial<Record<TicketStatus, 'resolved' | 'cancelled'>> = {
  resolved: 'resolved',
  closed: 'resolved',
  cancelled: 'cancelled'
}

/** Whether a ticket in this status is over: nothing is owed any more until it is reopened. */
export function isOver (status: TicketStatus): boolean {
  return endedBy[status] !== undefined
}

/**
 * Reads facts into entries, in the order in which they happened, and can go on with later ones. The timeline begins
 * with the ticket's creation: facts dated before it count from that instant on, and without it there is none yet.
 */
export class TimelineReader {
  #created: Extract<Fact, { kind: 'created' }> | undefined
  /** Dated before the creation. */
  readonly #early: Fact[] = []
  #status: TicketStatus = 'new'
  #assignment: Assignment = { assigneeId: null, teamId: null }

  /** The moments of the facts that follow those read before. */
  read (facts: readonly Fact[]): TimelineEntry[] {
    const entries: TimelineEntry[] = []
    for (const fact of facts) {
      if (this.#created !== undefined) {
        if (fact.kind !== 'created') entries.push(this.#entryOf(fact, this.#created.at))
      } else if (fact.kind === 'created') {
        this.#created = fact
        entries.push(...this.#beginning(fact), ...this.#early.map((early) => this.#entryOf(early, fact.at)))
      } else {
        this.#early.push(fact)
      }
    }
    return entries
  }

  /** A ticket may come into the world with any status: it is opened first. */
  #beginning (fact: Extract<Fact, { kind: 'created' }>): TimelineEntry[] {
    this.#assignment = fact.data
    const opened = this.#entryOf(fact, fact.at)
    if (fact.data.status === 'new') return [opened]
    const status = this.#status = fact.data.status
    return [opened, { ...opened, status, holder: holderOf(status, this.#assignment), trigger: endedBy[status] ?? null }]
  }

  #entryOf (fact: Fact, notBefore: Micros): TimelineEntry {
    const before = this.#status
    if (fact.kind === 'status') this.#status = fact.data.to
    if (fact.kind === 'assigned') this.#assignment = fact.data
    return {
      at: Math.max(fact.at, notBefore),
      cause: { what: wordFor(fact), id: fact.id },
      status: this.#status,
      holder: holderOf(this.#status, this.#assignment),
      trigger: triggerOf(fact, before),
      command: isCommand(fact) ? fact : null
    }
  }
}

/** The metrics an agreement can be about, in the order their clocks are listed. */
export const metricsInOrder: readonly Metric[] = ['first_response', 'next_response', 'periodic_update', 'resolution']

function triggerOf (fact: Fact, before: TicketStatus): Trigger | null {
  const over = isOver(before)
  switch (fact.kind) {
    case 'created':
      return 'created'
    case 'status': {
      const end = endedBy[fact.data.to]
      if (end === undefined) return over ? 'reopened' : null
      return over ? null : end
    }
    case 'message':
      if (fact.data.visibility !== 'public') return null
      if (fact.data.author === 'agent') return over ? 'agent_replied_when_over' : 'agent_replied'
      if (fact.data.author === 'customer') return over ? 'customer_wrote_when_over' : 'customer_wrote'
      return null
    default:
      return null
  }
}

function holderOf (status: TicketStatus, { assigneeId, teamId }: Assignment): Holder {
  if (status === 'waiting_on_customer') return { kind: 'customer', id: null }
  if (status === 'waiting_on_vendor') return { kind: 'vendor', id: null }
  if (assigneeId !== null) return { kind: 'agent', id: assigneeId }
  return teamId !== null ? { kind: 'team', id: teamId } : { kind: 'queue', id: null }
}

function wordFor (fact: Fact): CauseWord {
  switch (fact.kind) {
    case 'status':
      return `status ${fact.data.to}`
    case 'message':
      return `${fact.data.visibility} message by ${fact.data.author}`
    case 'clock_paused':
      return 'clock paused'
    case 'clock_resumed':
      return 'clock resumed'
    case 'clock_extended':
      return 'clock extended'
    case 'clock_waived':
      return 'clock waived'
    default:
      return fact.kind
  }
}

function isCommand (fact: Fact): fact is NonNullable<TimelineEntry['command']> {
  return fact.kind.startsWith('clock_')
}
