import type { DuelineEvent, TicketSnapshot } from '@dueline/contracts'
import type { Tx } from '@dueline/postgres'
import { syncAgreements, type SyncDeps } from '../promises/sync-agreements.ts'

/**
 * Every event that tells of a ticket carries its whole state, so all are treated alike; grouped in one call per batch.
 */
export const ticketFactTypes = [
  'dueline.ticket.created.v1',
  'dueline.ticket.updated.v1',
  'dueline.ticket.assigned.v1',
  'dueline.ticket.message-added.v1',
  'dueline.ticket.status-changed.v1',
  'dueline.ticket.reopened.v1'
] as const

/** The one handler of all ticket facts. */
export function onTicketFacts (deps: SyncDeps) {
  return async (tx: Tx, events: readonly DuelineEvent[]): Promise<void> => {
    await syncAgreements(tx, deps, events as ReadonlyArray<DuelineEvent<{ ticket: TicketSnapshot }>>)
  }
}
