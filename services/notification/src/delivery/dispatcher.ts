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
  /** Undoes `begin` for items that were not sent; returns those that nobody else has taken in hand meanwhile. */
  giveBack (tx: Tx, items: readonly Item[]): Promise<{ tenantId: string, id: string }[]>
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
  /** Gives back what waits in line, due at once for another replica or the next start. Resolves when nothing is being sent any more. */
  drain (): Promise<void>
}

interface DispatcherDeps { database: Database, clock: Clock, logger: Logger, timers: () => Timers }

/** An item in hand: begun at `begunAt` by the database's clock; its sending begins by `startBy`, by the process's, or not at all. */
interface Attempt<Item> { item: Item, begunAt: Micros, startBy: Micros }

const leaseMarginMs = 5_000
/** Longest wait in line; the rest of the margin is for the transaction that begins. */
const lineMs = 4_000

/**
 * Sends outside of any transaction, without losing or doubling an item when the process dies: beginning an attempt
 * leaves a timer behind (the lease). The outcome removes or moves it; if this process dies, the timer begins the next
 * attempt. Between a receiver's "accepted" and the recorded outcome lies the one window in which an item can go out
 * twice; it then carries the same Message-ID or webhook-id, by which receivers know it.
 */
export function createDispatcher<Item extends { tenantId: string, id: string }, Outcome> (channel: Channel<Item, Outcome>, deps: DispatcherDeps): Dispatcher {
  const { database, clock, logger, timers } = deps
  const limit = pLimit(channel.concurrency)
  const leaseMicros = (channel.sendTimeoutMs + leaseMarginMs) * 1_000
  const inLine = new Set<Attempt<Item>>()
  const inHand = new Set<Promise<void>>()
  const recorded = new Signal<string>()

  async function deliver (attempt: Attempt<Item>): Promise<void> {
    // Given back meanwhile.
    if (!inLine.has(attempt)) return
    const { item, begunAt, startBy } = attempt
    // The lease would end while it is sent. Who stands behind it is hardly better off.
    if (clock.now() > startBy) return await giveBackLine()
    inLine.delete(attempt)
    crashPoint('notification:before-send')
    const outcome = await channel.send(item)
    crashPoint('notification:after-send')
    await writeDown(item, outcome, begunAt + leaseMicros)
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

  async function giveBackLine (): Promise<void> {
    const [first, ...others] = inLine
    inLine.clear()
    // Due when the first was begun: in the past, by the clock that timers go by.
    if (first !== undefined) await giveBack(channel, [first, ...others].map(({ item }) => item), first.begunAt, deps)
  }

  return {
    recorded,
    async fire (tx, due, now) {
      const startBy = clock.now() + lineMs * 1_000
      const items = await channel.begin(tx, due, now)
      if (items.length === 0) return
      await timers().set(tx, items.map(({ tenantId, id }) => ({ kind: channel.kind, tenantId, ownerId: id, dueAt: now + leaseMicros })))
      afterCommit(tx, () => {
        for (const attempt of items.map((item) => ({ item, begunAt: now, startBy }))) {
          inLine.add(attempt)
          const work = limit(() => deliver(attempt)).catch((error: unknown) => {
            logger.error({ err: error, kind: channel.kind, id: attempt.item.id }, 'an outcome could not be written down; the attempt will be repeated')
          })
          inHand.add(work)
          void work.finally(() => inHand.delete(work))
        }
      })
    },
    drain: async () => { await Promise.all([giveBackLine(), ...inHand]) }
  }
}

/** Tried once: when it is not known whether a commit came through, another replica may be sending by the second time. */
async function giveBack<Item extends { tenantId: string, id: string }> ({ kind, giveBack }: Pick<Channel<Item, unknown>, 'kind' | 'giveBack'>, items: readonly Item[], dueAt: Micros, { database, logger, timers }: Omit<DispatcherDeps, 'clock'>): Promise<void> {
  try {
    await database.tx(async (tx) => {
      const given = await giveBack(tx, items)
      await timers().set(tx, given.map(({ tenantId, id }) => ({ kind, tenantId, ownerId: id, dueAt })))
    })
  } catch (error) {
    logger.warn({ err: error, kind, items: items.length }, 'what waited in line could not be given back, it is sent when its lease has ended')
  }
}
