import type { Micros } from '@dueline/business-time'
import type { Database, Tx } from '@dueline/postgres'
import type { Clock, Logger, Loop, Metrics, Signal } from '@dueline/runtime'

/** Names one timer: there is at most one of each kind for an owner. */
export interface TimerOwner {
  tenantId: string
  ownerId: string
}

/** A timer to be set: it replaces the one of the same kind and owner. An instant in the past fires at once. */
export interface TimerSetting extends TimerOwner {
  kind: string
  dueAt: Micros
}

/** A timer that is being fired. `catchUp`: it had been due before this engine started. */
export interface DueTimer extends TimerSetting {
  catchUp: boolean
}

/** What a kind of timer means. */
export interface TimerKind {
  /**
   * Table of the owners, `(tenant_id, id)`, in the same schema; its row lock is what orders firing against everything
   * else.
   */
  ownerTable: string
  /**
   * Does the whole batch, set-wise, in the transaction that removes the timers, with the owners' rows locked; sets the
   * next timers. At most one timer per owner. `now` is the database's time, not before any `dueAt`.
   * What it throws undoes the batch; the owner that causes it is found and put off, the others are fired.
   */
  fire(tx: Tx, due: readonly DueTimer[], now: Micros): Promise<void>
  /**
   * How many more it can take now; asked before each batch, without limit when left out. What is beyond stays in the
   * table. Call `Timers.wake` when there is room again.
   */
  room?(): number
}

/** Options of `createTimers`. */
export interface TimersOptions {
  database: Database
  /** Only compared with the database's clock, for a metric; firing follows the database. */
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** How far ahead timers are kept in memory, in milliseconds; default 2,000. At least twice `loadMs`. */
  horizonMs?: number
  /** How often they are read, in milliseconds; default 1,000. A timer set by another process may be late by this. */
  loadMs?: number
  /** Most timers in one transaction; default 500. */
  batchSizeMax?: number
  /** Most transactions at once; default 4. The pool should have as many connections to spare. */
  batchesAtOnce?: number
}

/** Durable timers of one service. */
export interface Timers extends Loop {
  /**
   * Says what a kind means, before `start`, once: whoever fires timers usually sets the next ones, and so is made after
   * them.
   * @throws TypeError for a kind that has a meaning already, or a name that is none of a table
   */
  handle(kind: string, meaning: TimerKind): void
  /** Sets timers, all in one statement; call it holding the owners' row locks. They fire only if `tx` commits. */
  set(tx: Tx, timers: readonly TimerSetting[]): Promise<void>
  /** Removes timers of one kind; call it holding the owners' row locks. What is not set is no error. */
  clear(tx: Tx, kind: string, owners: readonly TimerOwner[]): Promise<void>
  /** A kind has room again for what is due. */
  wake(): void
  /** Emits the timers of each transaction that fired, after its commit. */
  readonly fired: Signal<readonly DueTimer[]>
  /** Emits after each read of the table: how many timers are within the horizon, in memory. */
  readonly loaded: Signal<number>
}
