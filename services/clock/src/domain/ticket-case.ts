import { agreementKeyOf, ticketSummary, type TicketSnapshot, type TicketSummary } from '@dueline/contracts'
import { isOver } from './timeline.ts'

/** What is kept of a ticket beside its facts. */
export interface TicketCase {
  readonly tenantId: string
  readonly ticketId: string
  /** Newest version received; 0 while only an agreement has arrived. */
  readonly version: number
  /** What of the ticket decides its agreement, and since which version it is so. */
  readonly agreementKey: string | null
  readonly agreementKeyVersion: number
  /** Newest ticket version that a counted agreement was chosen for. */
  readonly agreedVersion: number
  /** An agreement waits for its calendar. */
  readonly awaiting: boolean
  /** More facts of an imported history follow: nothing is due yet. */
  readonly importing: boolean
  /** Facts are stored that its clocks do not count yet. */
  readonly unfolded: boolean
  readonly customerId: string | null
  readonly assigneeId: string | null
  readonly priority: string | null
  readonly summary: TicketSummary | null
}

/**
 * Brings a case up to date with snapshots of its ticket, in any order. Older ones than it knows only say since when
 * what decides the agreement has been as it is: version by version, as it may have changed and changed back in one that
 * has not been received.
 */
export function withSnapshots (known: TicketCase, snapshots: readonly TicketSnapshot[]): TicketCase {
  const ordered = [...snapshots].sort((a, b) => a.version - b.version)
  let next = known
  for (const snapshot of ordered) {
    if (snapshot.version <= next.version) continue
    const agreementKey = agreementKeyOf(snapshot)
    next = {
      ...next,
      version: snapshot.version,
      agreementKey,
      agreementKeyVersion: agreementKey === next.agreementKey ? next.agreementKeyVersion : snapshot.version,
      importing: snapshot.importing,
      customerId: snapshot.customerId,
      assigneeId: snapshot.assigneeId,
      priority: snapshot.priority,
      summary: ticketSummary(snapshot)
    }
  }
  for (const snapshot of ordered.toReversed()) {
    if (snapshot.version === next.agreementKeyVersion - 1 && agreementKeyOf(snapshot) === next.agreementKey) {
      next = { ...next, agreementKeyVersion: snapshot.version }
    }
  }
  return next
}

/**
 * The newest version of a ticket from which everything that follows is in its clocks, 0 for none: it was received, and
 * the agreement was chosen for the ticket as it has been since its last change of a field that decides agreements, and
 * is counted. An appreciation gets no agreement. (Where a change of such a field leads to the same agreement, nobody
 * says so: then it stays at the version that the agreement was chosen for.)
 */
export function foldedVersion (known: TicketCase): number {
  if (known.awaiting || known.unfolded) return 0
  const agreed = known.summary?.type === 'appreciation' || known.agreedVersion >= known.agreementKeyVersion
  return agreed ? known.version : Math.min(known.version, known.agreedVersion)
}

/**
 * Whether people are notified of nothing about the ticket any more: it is over, or turned out to be an appreciation.
 */
export function isDone ({ summary }: Pick<TicketCase, 'summary'>): boolean {
  return summary !== null && (isOver(summary.status) || summary.type === 'appreciation')
}
