import type { Micros } from '@dueline/business-time'
import type { Database } from '@dueline/postgres'
import { createPoller, type Clock, type Logger, type Poller } from '@dueline/runtime'
import { tenantsThatReturn } from '../store/absent-store.ts'
import type { CalendarCache } from '../store/calendar-store.ts'
import type { FactStore } from '../store/fact-store.ts'
import { tenantsWaiting } from '../store/waiting-store.ts'
import { assignWaiting } from './assign-waiting.ts'
import { returnTickets } from './return-tickets.ts'

// what comes back is given away in the same pass
const steps = [[tenantsThatReturn, returnTickets], [tenantsWaiting, assignWaiting]] as const

/**
 * Takes tickets back from who is absent and gives waiting ones to people, a transaction per tenant and step. Each pass
 * looks at what there is, so that no signal can be lost: whatever frees somebody, also an absence or a working day that
 * begins or ends by time alone, is seen `idleMs` later at most. What comes in during a pass waits as long: a busy
 * tenant's tickets are decided together.
 */
export function createAssignmentLoop (
  { database, facts, calendars, clock, logger, idleMs }: {
    database: Database,
    facts: FactStore,
    calendars: CalendarCache,
    clock: Clock,
    logger: Logger,
    idleMs: number
  }
): Poller {
  const now = (): Micros => clock.now()
  return createPoller({
    name: 'ticket-assignment',
    idleMs,
    logger,
    async run (signal) {
      let isMore = false
      for (const [tenants, step] of steps) {
        for (const tenantId of await tenants(database.read)) {
          if (signal.aborted) break
          if (await database.tx(async (tx) => await step(tx, tenantId, { facts, calendars, now }))) isMore = true
        }
      }
      return isMore ? 'busy' : 'idle'
    }
  })
}
