import type { Micros } from '@dueline/business-time'
import { afterCommit } from '@dueline/postgres'
import type { Database, Tx } from '@dueline/postgres'
import { createPoller, Signal } from '@dueline/runtime'
import type { Clock, Poller } from '@dueline/runtime'
import { DatabaseTime, monotonicMicros } from './database-time.ts'
import { Firing } from './firing.ts'
import { checkTableName, clearTimers, describeOwners, loadTimers, setTimers } from './store.ts'
import type { OwnerTable, Read } from './store.ts'
import { timerMetrics } from './timer-metrics.ts'
import type { TimerMetrics } from './timer-metrics.ts'
import type { DueTimer, TimerKind, TimerOwner, Timers, TimerSetting, TimersOptions } from './types.ts'
import { Window } from './window.ts'

/** Most timers read in one load, and in one statement of it. */
const loadMax = 20_000
const pageMax = 5_000
/** A backlog is read on when fewer than this are left in memory. */
const lowWater = 1_000
const tenantIdText = /^[a-z0-9][a-z0-9-]{0,62}$/

/**
 * Durable timers: rows that commit with the state they belong to, fired once, a few milliseconds after their instant.
 * Any number of engines may share a table; they need no lease, because whoever locks the owner and deletes the row
 * fires.
 * @throws TypeError for options that make no sense
 */
export function createTimers (options: TimersOptions): Timers {
  return new Engine(options)
}

class Engine implements Timers {
  readonly name = 'timers'
  readonly fired = new Signal<readonly DueTimer[]>()
  readonly loaded = new Signal<number>()
  readonly #database: Database
  readonly #clock: Clock
  readonly #kinds: Record<string, TimerKind> = {}
  readonly #metrics: TimerMetrics
  readonly #horizonMs: number
  readonly #loadMs: number
  readonly #batchSizeMax: number
  readonly #batchesAtOnce: number
  readonly #loader: Poller
  readonly #firing: Firing
  readonly #time = new DatabaseTime()
  readonly #window = new Window()
  readonly #owners = new Map<string, OwnerTable>()
  readonly #flights = new Set<Promise<void>>()
  #running = false
  #startedAt: Micros | undefined
  #alarm: NodeJS.Timeout | undefined
  #moreInTable = false
  #steppedAt = -Infinity

  constructor (options: TimersOptions) {
    const { database, logger, loadMs = 1_000, horizonMs = 2_000, batchSizeMax = 500, batchesAtOnce = 4 } = options
    if (horizonMs < 2 * loadMs) throw new TypeError('horizonMs must be at least twice loadMs')
    this.#database = database
    this.#clock = options.clock
    this.#horizonMs = horizonMs
    this.#loadMs = loadMs
    this.#batchSizeMax = batchSizeMax
    this.#batchesAtOnce = batchesAtOnce
    this.#metrics = timerMetrics(options.metrics)
    this.#loader = createPoller({ name: 'timers', run: async () => await this.#load(), idleMs: loadMs, logger })
    this.#firing = new Firing({
      database,
      logger,
      window: this.#window,
      time: this.#time,
      metrics: this.#metrics,
      horizonMicros: horizonMs * 1000,
      kinds: this.#kinds,
      owners: (kind) => this.#owners.get(kind) as OwnerTable,
      startedAt: () => this.#startedAt ?? 0,
      fired: (timers) => this.fired.emit(timers)
    })
  }

  handle (kind: string, meaning: TimerKind): void {
    if (Object.hasOwn(this.#kinds, kind)) throw new TypeError(`timers of kind ${kind} have a meaning already`)
    checkTableName(meaning.ownerTable)
    this.#kinds[kind] = meaning
  }

  async start (): Promise<void> {
    if (!this.#running) this.#startedAt = undefined
    this.#running = true
    await this.#loader.start()
  }

  /** Resolves when no transaction of the engine is open any more. */
  async stop (): Promise<void> {
    this.#running = false
    clearTimeout(this.#alarm)
    await this.#loader.stop()
    await Promise.all(this.#flights)
  }

  async set (tx: Tx, timers: readonly TimerSetting[]): Promise<void> {
    const last = new Map<string, TimerSetting>()
    for (const timer of timers) {
      this.#check(timer.kind, timer)
      last.set(`${timer.kind} ${timer.tenantId} ${timer.ownerId}`, timer)
    }
    if (last.size === 0) return
    const distinct = [...last.values()]
    await setTimers(tx, distinct)
    afterCommit(tx, () => this.#hint(distinct))
  }

  async clear (tx: Tx, kind: string, owners: readonly TimerOwner[]): Promise<void> {
    for (const owner of owners) this.#check(kind, owner)
    if (owners.length === 0) return
    await clearTimers(tx, kind, owners)
    afterCommit(tx, () => {
      for (const owner of owners) this.#window.forget({ kind, ...owner })
    })
  }

  wake (): void {
    this.#pump()
  }

  #check (kind: string, { tenantId }: TimerOwner): void {
    if (!Object.hasOwn(this.#kinds, kind)) throw new TypeError(`unknown kind of timer: ${kind}`)
    if (!tenantIdText.test(tenantId)) throw new TypeError('not a tenant id')
  }

  /** A timer set here need not wait for the next load. */
  #hint (timers: readonly TimerSetting[]): void {
    if (!this.#running) return
    const horizon = this.#time.known ? this.#time.now() + this.#horizonMs * 1000 : Infinity
    for (const timer of timers) {
      if (timer.dueAt <= horizon) this.#window.hint({ ...timer, fireAt: timer.dueAt })
      else this.#window.forget(timer)
    }
    this.#pump()
  }

  async #load (): Promise<'idle'> {
    for (const [kind, { ownerTable }] of Object.entries(this.#kinds)) {
      if (!this.#owners.has(kind)) this.#owners.set(kind, await describeOwners(this.#database.read, ownerTable))
    }
    // connecting is not to be counted into the time of the first statement
    const client = await this.#database.pool.connect()
    try {
      await this.#readPages({ $client: client }, this.#window.beginLoad())
    } finally {
      this.#window.endLoad()
      client.release()
    }
    this.#metrics.inMemory.set(this.#window.size)
    this.loaded.emit(this.#window.size)
    this.#pump()
    return 'idle'
  }

  /**
   * Reads the oldest; when that is a backlog, also the oldest of the tenants that it leaves out, at most once per
   * `loadMs`.
   */
  async #readPages (db: Read, revision: number): Promise<void> {
    const kinds = Object.keys(this.#kinds)
    const without: string[] = []
    this.#moreInTable = false
    for (let room = loadMax; room > 0;) {
      const sentAt = monotonicMicros()
      const max = Math.min(room, pageMax)
      const { now, rows } = await loadTimers(db, { kinds, horizonMs: this.#horizonMs, max, without })
      if (without.length === 0) this.#observe(now, sentAt, rows[0]?.fireAt)
      for (const row of rows) this.#window.merge(row, revision)
      if (rows.length < max) break
      this.#moreInTable = true
      room -= rows.length
      // stepping over a long backlog costs (about 150 ms for a million rows)
      if (without.length === 0 && sentAt - this.#steppedAt < this.#loadMs * 1000) break
      this.#steppedAt = sentAt
      without.push(...crowd(rows))
    }
  }

  #observe (now: Micros, sentAt: number, earliest: Micros | undefined): void {
    this.#time.observe(now, sentAt, monotonicMicros())
    this.#startedAt ??= now
    this.#metrics.clockSkew.set((this.#time.now() - this.#clock.now()) / 1e6)
    this.#metrics.overdueOldest.set(Math.max(0, now - (earliest ?? now)) / 1e6)
  }

  /** Starts what is due, as far as there are transactions free, and sets the alarm for the next. */
  #pump (): void {
    if (!this.#running || !this.#time.known) return
    const now = this.#time.now()
    this.#window.release(now)
    while (this.#flights.size < this.#batchesAtOnce) {
      const batch = this.#window.claim(
        this.#batchSizeMax,
        now + 1_000,
        (kind) => this.#kinds[kind]?.room?.() ?? Infinity
      )
      if (batch.length === 0) break
      const flight = this.#firing.fire(batch).finally(() => {
        this.#flights.delete(flight)
        this.#pump()
      })
      this.#flights.add(flight)
    }
    if (this.#moreInTable && this.#window.size < lowWater) {
      this.#moreInTable = false
      this.#loader.wake()
    }
    const next = this.#window.nextAt()
    clearTimeout(this.#alarm)
    if (next !== undefined) this.#alarm = setTimeout(() => this.#pump(), Math.max(1, Math.ceil((next - now) / 1000)))
  }
}

/** The tenants with at least their share of a full page. */
function crowd (rows: ReadonlyArray<{ tenantId: string }>): string[] {
  const counts = new Map<string, number>()
  for (const { tenantId } of rows) counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1)
  return [...counts].filter(([, count]) => count >= rows.length / counts.size).map(([tenantId]) => tenantId)
}
