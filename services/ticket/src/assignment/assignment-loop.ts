import type { Database } from '@dueline/postgres'
import { createPoller, type Clock, type Logger, type Poller } from '@dueline/runtime'
import type { FactStore } from '../store/fact-store.ts'
import { tenantsWaiting } from '../store/waiting-store.ts'
import { assignWaiting } from './assign-waiting.ts'

/**
 * Gives waiting tickets to people, a transaction per tenant and pass. Each pass looks at what there is,
 * so that no signal can be lost: whatever frees somebody is seen `idleMs` later at most.
 */
export function createAssignmentLoop (
  { database, facts, clock, logger, idleMs }: {
    database: Database,
    facts: FactStore,
    clock: Clock,
    logger: Logger,
    idleMs: number
  }
): Poller {
  return createPoller({
    name: 'ticket-assignment',
    idleMs,
    logger,
    async run (signal) {
      let given = 0
      for (const tenantId of await tenantsWaiting(database.read)) {
        if (signal.aborted) break
        given += await database.tx(async (tx) => await assignWaiting(tx, tenantId, { facts, now: () => clock.now() }))
      }
      return given > 0 ? 'busy' : 'idle'
    }
  })
}
