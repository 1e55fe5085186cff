import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '@dueline/postgres'
import type { Signal } from '@dueline/runtime'
import { settledVersion, type TicketCase } from './domain/ticket-case.ts'
import { readCase } from './store/case-store.ts'
import { textOf, type TicketKey } from './store/keys.ts'

/**
 * Another process may do the work: when to look without being told, in milliseconds; each look waits twice as long as the one before.
 * A fixed 25 ms made the waiting requests alone 40 % of all statements at 60 tickets a second.
 */
const lookAgainMs = { first: 250, most: 500 }

/**
 * Waits until what follows from a ticket version is in the clocks (see `settledVersion`), at most `waitMs`. Returns whether it is.
 * `mayKnow` false counts as not settled: how long the answer takes then tells nothing about somebody else's ticket.
 */
export async function waitUntilSettled ({ database, advanced }: { database: Database, advanced: Signal<ReadonlySet<string>> }, key: TicketKey & { version: number }, waitMs: number, mayKnow: (ticket: TicketCase) => boolean): Promise<boolean> {
  const text = textOf(key)
  const over = AbortSignal.timeout(waitMs)
  let done = false
  let waitMsNow = lookAgainMs.first
  try {
    for (;;) {
      // armed before looking, so that no commit falls in between; one that nobody waits for any more goes with the next emit
      const told = advanced.next((tickets) => done || tickets.has(text))
      for (;;) {
        const ticket = await readCase(database.read, key)
        if (ticket !== undefined && mayKnow(ticket) && settledVersion(ticket) >= key.version) return true
        if (over.aborted) return false
        const woken = await Promise.race([told.then(() => true), pause(waitMsNow, false, { signal: over }).catch(() => false)])
        waitMsNow = Math.min(waitMsNow * 2, lookAgainMs.most)
        if (woken) break
      }
    }
  } finally {
    done = true
  }
}
