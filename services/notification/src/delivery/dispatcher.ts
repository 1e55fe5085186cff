import type { Micros } from '@dueline/business-time'
import { afterCommit, isTransient, type Database, type Tx } from '@dueline/postgres'
import { crashPoint, Signal, type Clock, type Logger } from '@dueline/runtime'
import type { DueTimer, Timers } from '@dueline/timers'
import pLimit from 'p-limit'
import { setTimeout as pause } from 'node:timers/promises'

/** What is sent, over which channel, and what becomes of it. */
export interface Channel<Item extends { tenantId: string, id: string }, Outcome> {
  /** Timer kind; its owner is the item's row. */
  kind: string
  /** At most this many sends at once. */
  concurrency: number
  /** Longest a single send can take; the lease is longer, so that a send in progress is never repeated. */
  sendTimeoutMs: number
  /** Takes the due items in hand in this transaction and returns them. */
  begin (tx: Tx, owners: readonly { tenantId: string, ownerId: string }[], now: Micros): Promise<Item[]>
  /** The outside world. Resolves with what happened, good or bad; a throw counts as a bug. */
  send (item: Item): Promise<Outcome>
  /** Writes the outcome down. Resolves with the next attempt's time, or null when the item is done. */
  record (tx: Tx, item: Item, outcome: Outcome, now: Micros): Promise<Micros | null | 'overtaken'>
}

export interface Dispatcher {
  /** The timer handler: begins what is due and sends it once the transaction has committed. */
  fire (tx: Tx, due: readonly DueTimer[], now: Micros): Promise<void>
  /** Emits the id of each item whose outcome has been written down. */
  readonly recorded: Signal<string>
  /** Resolves when nothing is being sent any more. */
  drain (): Promise<void>
}

const leaseMarginMs = 5_000

/**
 * Sends outside of any transaction, without losing or doubling an item when the process dies: beginning an attempt
 * leaves a timer behind (the lease). The outcome removes or moves it; if this process dies, the timer begins the next
 * attempt. Between a receiver's "accepted" and the recorded outcome lies the one window in which an item can go out
 * twice; it then carries the same Message-ID or webhook-id, by which receivers know it.
 */
export function createDispatcher<Item extends { tenantId: string, id: string }, Outcome> (channel: Channel<Item, Outcome>, { database, clock, logger, timers }: { database: Database, clock: Clock, logger: Logger, timers: () => Timers }): Dispatcher {
  const limit = pLimit(channel.concurrency)
  const leaseMicros = (channel.sendTimeoutMs + leaseMarginMs) * 1_000
  const inHand = new Set<Promise<void>>()
  const recorded = new Signal<string>()

  async function deliver (item: Item, leaseEnd: Micros): Promise<void> {
    // Waited too long in line: the lease's timer begins the next attempt, here or in another replica.
    if (clock.now() > leaseEnd - channel.sendTimeoutMs * 1_000) return
    crashPoint('notification:before-send')
    const outcome = await channel.send(item)
    crashPoint('notification:after-send')
    await writeDown(item, outcome, leaseEnd)
    recorded.emit(item.id)
  }

  /** Tries until the lease ends: an outcome that is not written down would be sent again. */
  async function writeDown (item: Item, outcome: Outcome, leaseEnd: Micros): Promise<void> {
    for (;;) {
      try {
        return await database.tx(async (tx) => {
          const now = clock.now()
          const next = await channel.record(tx, item, outcome, now)
          const owner = { tenantId: item.tenantId, ownerId: item.id }
          if (next === null) await timers().clear(tx, channel.kind, [owner])
          else if (next !== 'overtaken') await timers().set(tx, [{ kind: channel.kind, ...owner, dueAt: next }])
        })
      } catch (error) {
        if (!isTransient(error) || clock.now() > leaseEnd) throw error
        await pause(250)
      }
    }
  }

  return {
    recorded,
    async fire (tx, due, now) {
      const items = await channel.begin(tx, due, now)
      if (items.length === 0) return
      const leaseEnd = now + leaseMicros
      await timers().set(tx, items.map(({ tenantId, id }) => ({ kind: channel.kind, tenantId, ownerId: id, dueAt: leaseEnd })))
      afterCommit(tx, () => {
        for (const item of items) {
          const work = limit(() => deliver(item, leaseEnd)).catch((error: unknown) => {
            logger.error({ err: error, kind: channel.kind, id: item.id }, 'an outcome could not be written down; the attempt will be repeated')
          })
          inHand.add(work)
          void work.finally(() => inHand.delete(work))
        }
      })
    },
    drain: async () => { await Promise.all(inHand) }
  }
}
