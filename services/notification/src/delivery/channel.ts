import type { Micros } from '@dueline/business-time'
import type { Tx } from '@dueline/postgres'
import type { Owner } from './recorder.ts'

/** Names a row that was begun for the `attempts`-th time. */
export interface Attempted {
  readonly tenantId: string
  readonly id: string
  readonly attempts: number
}

/** How one attempt ended. */
export interface Result<Item, Outcome> {
  readonly item: Item
  readonly outcome: Outcome
}

/** What is sent, over which channel, and what becomes of it. Instants in microseconds, by the database's clock. */
export interface Channel<Item extends Attempted, Outcome> {
  /** Timer kind. */
  readonly kind: string
  /** At most this many sends at once. */
  readonly concurrency: number
  /** At most this many transactions at once write outcomes down. */
  readonly recordingsAtOnce: number
  /** Longest a single send can take; the lease is longer, so that a send in progress is never repeated. */
  readonly sendTimeoutMs: number
  /**
   * Begins what is due for the owners of fired timers, and sets timers by which it begins again at `leaseEnd` unless
   * its outcome is recorded by then. `inHand`: what this process has begun and not recorded.
   */
  begin(tx: Tx, owners: readonly Owner[], lease: Lease, inFlight: ReadonlySet<Item>): Promise<Item[]>
  /** By whose timer it was begun. What is of one owner is written down by one transaction after the other. */
  ownerOf(item: Item): Owner
  /**
   * Undoes `begin` for items that were not sent, due at `dueAt`. Leaves alone what somebody else has begun meanwhile.
   */
  release(tx: Tx, items: readonly Item[], dueAt: Micros): Promise<void>
  /** The outside world. Resolves with what happened, good or bad; a throw counts as a bug. */
  send(item: Item): Promise<Outcome>
  /**
   * Writes outcomes down, with their timers. Resolves with what it has begun for the owners, with outcomes or without.
   */
  record(tx: Tx, batch: RecordBatch<Item, Outcome>, lease: Lease, inFlight: ReadonlySet<Item>): Promise<Item[]>
}

/** Owners, and the outcomes of what was sent for them. */
export interface RecordBatch<Item, Outcome> {
  readonly owners: readonly Owner[]
  readonly results: ReadonlyArray<Result<Item, Outcome>>
}

/** When something is begun, and when it begins anew if there is no outcome of it. */
export interface Lease {
  readonly now: Micros
  readonly leaseEnd: Micros
}
