import type { TicketFactType } from '@dueline/contracts'
import type { Handler } from '@dueline/messaging'
import { syncAgreements, type SyncDeps } from '../agreements/sync-agreements.ts'

/**
 * Every event about a ticket carries its whole state, so all are treated alike; grouped in one call per batch.
 */
export function onTicketFacts (deps: SyncDeps): Handler<TicketFactType> {
  return async (tx, events) => await syncAgreements(tx, deps, events)
}
