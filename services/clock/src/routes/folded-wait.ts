import type { TenantDatabases } from '@dueline/postgres'
import { happensWithin, type Signal } from '@dueline/runtime'
import { foldedVersion, type TicketCase } from '../domain/ticket-case.ts'
import { readCase } from '../store/case-store.ts'
import { textOf, type TicketKey } from '../store/keys.ts'

/**
 * Another process may do the work: when to look without a signal, in milliseconds; each look waits twice as long as
 * the one before. A fixed 25 ms made the waiting requests alone 40 % of all statements at 60 tickets a second.
 */
const lookAgainMs = { first: 250, most: 500 }

/**
 * Waits until what follows from a ticket version is in the clocks (see `settledVersion`), at most `waitMs`. Returns
 * whether it is. `mayKnow` false counts as not done: how long the answer takes then reveals nothing about somebody
 * else's ticket.
 */
export async function waitUntilFolded (
  { database, advanced }: { database: TenantDatabases, advanced: Signal<ReadonlyMap<string, TicketCase>> },
  key: TicketKey & { version: number },
  waitMs: number,
  mayKnow: (ticket: TicketCase) => boolean
): Promise<boolean> {
  const text = textOf(key)
  const isFolded = (ticket: TicketCase | undefined): boolean =>
    ticket !== undefined && mayKnow(ticket) && foldedVersion(ticket) >= key.version
  const endMs = performance.now() + waitMs
  let done = false
  // armed before the first look, so that no commit falls in between; when nobody waits any more it goes with the next
  // emit
  const announced = advanced.next((tickets) => done || isFolded(tickets.get(text)))
  try {
    for (let waitMsNow = lookAgainMs.first;; waitMsNow = Math.min(waitMsNow * 2, lookAgainMs.most)) {
      if (isFolded(await readCase(database.forTenant(key.tenantId).read, key))) return true
      const leftMs = endMs - performance.now()
      if (leftMs <= 0) return false
      if (await happensWithin(Math.min(waitMsNow, leftMs), announced)) return true
    }
  } finally {
    done = true
  }
}
