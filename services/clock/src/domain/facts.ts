import type { Micros } from '@dueline/business-time'
import type { Metric, AgreementKind, TicketStatus } from '@dueline/contracts'

/** Names one clock of a ticket: the n-th cycle of a metric under one kind of agreement. */
export interface ClockKey {
  readonly kind: AgreementKind
  readonly metric: Metric
  readonly cycle: number
}

/** Who was asked to act: the person and team a ticket is assigned to. */
export interface Assignment {
  readonly assigneeId: string | null
  readonly teamId: string | null
}

/** The data of each kind of fact. Names are stored: they may be added to, never changed. */
export interface FactData {
  created: Assignment & { readonly status: TicketStatus }
  message: {
    readonly visibility: 'public' | 'internal' | 'automatic',
    readonly author: 'customer' | 'agent' | 'system'
  }
  status: { readonly to: TicketStatus }
  assigned: Assignment
  /** A pause by hand; it ends by itself at `until`. */
  clock_paused: Command & { readonly until: Micros }
  clock_resumed: Command
  /** Adds `by` (microseconds of open time) to the clock's target from this fact on. */
  clock_extended: Command & { readonly by: Micros, readonly approverId: string | null }
  clock_waived: Command & { readonly approverId: string | null }
}

/** A command for one clock, and why. */
export interface Command {
  readonly clock: ClockKey
  readonly reason: string
  readonly personId: string
}

export type FactKind = keyof FactData

interface FactOf<K extends FactKind> {
  readonly id: string
  /** When it happened, which may be long before it was known. */
  readonly at: Micros
  /**
   * Order among facts of one instant: the ticket's version; commands come after them, counting from
   * `firstCommandSequence`.
   */
  readonly sequence: number
  readonly kind: K
  readonly data: FactData[K]
}

export type Fact = { [K in FactKind]: FactOf<K> }[FactKind]

/** A fact as stored: its kind may be one that this fold does not know, and then it is ignored. */
export interface StoredFact {
  readonly id: string
  readonly at: Micros
  readonly sequence: number
  readonly kind: string
  readonly data: unknown
}

/** Ticket versions stay far below; so a command made in the instant of a ticket's fact is applied after it. */
export const firstCommandSequence = 1_000_000_000

const known: Record<FactKind, true> = {
  created: true,
  message: true,
  status: true,
  assigned: true,
  clock_paused: true,
  clock_resumed: true,
  clock_extended: true,
  clock_waived: true
}

function isKnown (fact: StoredFact): fact is Fact {
  return Object.hasOwn(known, fact.kind)
}

/**
 * The facts in the order they happened, each once, unknown kinds left out. The same set gives the same list in
 * whatever order and however often its members arrived.
 */
export function inOrder (facts: readonly StoredFact[]): Fact[] {
  const byId = new Map<string, Fact>()
  for (const fact of facts) {
    if (isKnown(fact) && !byId.has(fact.id)) byId.set(fact.id, fact)
  }
  return [...byId.values()].sort(byOccurrence)
}

/** The order in which facts happened; equal only to itself. */
export function byOccurrence (
  a: Pick<Fact, 'at' | 'sequence' | 'id'>,
  b: Pick<Fact, 'at' | 'sequence' | 'id'>
): number {
  return a.at - b.at || a.sequence - b.sequence || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1)
}
