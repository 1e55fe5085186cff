import type { Micros } from '@dueline/business-time'
import { isTransient, isUnavailable } from '@dueline/postgres'
import type { Database } from '@dueline/postgres'
import { backoff, crashPoint, forCauses, nextSpanOf } from '@dueline/runtime'
import type { Logger } from '@dueline/runtime'
import type { DatabaseTime } from './database-time.ts'
import { monotonicMicros } from './database-time.ts'
import { claimDue, inspect, putOff, removeOrphan } from './store.ts'
import type { OwnerTable } from './store.ts'
import type { TimerMetrics } from './timer-metrics.ts'
import type { DueTimer, TimerKind } from './types.ts'
import type { Entry, Window } from './window.ts'

/** What firing a batch needs of the engine around it. */
export interface FiringDeps {
  database: Database
  logger: Logger
  window: Window
  time: DatabaseTime
  metrics: TimerMetrics
  horizonMicros: number
  kinds: Readonly<Record<string, TimerKind>>
  owners(kind: string): OwnerTable
  /** Database time of the engine's first load; what was due before it is catching up. */
  startedAt(): Micros
  fired(timers: readonly DueTimer[]): void
}

const retryMicros = 5_000
const retryMicrosMax = 50_000
const outage = backoff({ initialMs: 100, maxMs: 10_000 })

/**
 * Fires batches of the window. Whatever happens, each entry of a batch ends up fired, back in the window, or dropped
 * from it.
 */
export class Firing {
  readonly #deps: FiringDeps
  #failuresInARow = 0

  constructor (deps: FiringDeps) {
    this.#deps = deps
  }

  /** Fires entries of one kind in one transaction; never rejects. */
  async fire (entries: readonly Entry[]): Promise<void> {
    let fired: ReadonlySet<string>
    let asked: Micros
    try {
      ;({ fired, asked } = await this.#transact(entries))
      this.#failuresInARow = 0
    } catch (error) {
      await this.#recover(entries, error)
      return
    }
    const { window, time } = this.#deps
    const leftovers: Entry[] = []
    for (const entry of entries) {
      if (fired.has(entry.owner)) window.drop(entry)
      // asked a little too early, by the database's clock
      else if (entry.fireAt > asked) window.putBack(entry, time.now() + entry.fireAt - asked)
      else leftovers.push(entry)
    }
    if (leftovers.length > 0) await this.#inspectLeftovers(leftovers)
  }

  /** Returns the owners (`tenant id`) whose timers fired, and the database's time at which it was asked. */
  async #transact (entries: readonly Entry[]): Promise<{ fired: Set<string>, asked: Micros }> {
    const { database, kinds, metrics, time } = this.#deps
    const kind = (entries[0] as Entry).kind
    crashPoint('timers:before-fire')
    const { due, asked } = await database.tx(async (tx) => {
      const claimed = await claimDue(tx, kind, this.#deps.owners(kind), entries)
      const startedAt = this.#deps.startedAt()
      const timers = claimed.due.map(({ traceparent: _, ...timer }): DueTimer => {
        return { ...timer, catchUp: timer.dueAt < startedAt }
      })
      // what is set off is a span of its own in the trace that set the timer
      const causes = claimed.due.map(({ ownerId: key, traceparent }) => {
        return { key, traceparent: traceparent === null ? undefined : nextSpanOf(traceparent) }
      })
      if (timers.length > 0) await forCauses(causes, async () => await kinds[kind]?.fire(tx, timers, claimed.now))
      crashPoint('timers:before-commit')
      return { due: timers, asked: claimed.now }
    })
    crashPoint('timers:after-commit')
    if (due.length > 0) {
      const now = time.now()
      for (const { dueAt } of due) metrics.lateness.observe({ kind }, Math.max(0, now - dueAt) / 1e6)
      metrics.fired.inc({ kind }, due.length)
      this.#deps.fired(due)
    }
    return { fired: new Set(due.map(({ tenantId, ownerId }) => `${tenantId} ${ownerId}`)), asked }
  }

  async #recover (entries: readonly Entry[], error: unknown): Promise<void> {
    const { window, time, logger } = this.#deps
    if (isTransient(error)) {
      const away = isUnavailable(error)
      const waitMs = away ? outage.nextMs(++this.#failuresInARow) : retryMicros / 1000
      logger[away ? 'warn' : 'debug'](
        { err: error, timers: entries.length, waitMs },
        'firing timers failed, trying again'
      )
      for (const entry of entries) window.putBack(entry, time.now() + waitMs * 1000)
    } else if (entries.length > 1) {
      // somebody in here is poisonous: halving finds one among 500 in about 18 transactions
      const half = entries.length >> 1
      await this.fire(entries.slice(0, half))
      await this.fire(entries.slice(half))
    } else {
      await this.#isolate(entries[0] as Entry, error)
    }
  }

  async #isolate (entry: Entry, error: unknown): Promise<void> {
    const { database, logger, metrics, window, time } = this.#deps
    const { kind, tenantId, ownerId } = entry
    metrics.failed.inc({ kind })
    try {
      const failures = await putOff(database.read, entry)
      logger.error({ err: error, kind, tenantId, ownerId, failures }, 'firing a timer failed, it is put off')
      window.drop(entry)
    } catch (putOffError) {
      logger.error(
        { err: error, putOffError, kind, tenantId, ownerId },
        'firing a timer failed, and so did putting it off'
      )
      window.putBack(entry, time.now() + outage.nextMs(3) * 1000)
    }
  }

  /** Finds out why entries did not fire: cleared, moved, owner locked, owner gone. */
  async #inspectLeftovers (entries: readonly Entry[]): Promise<void> {
    const { database, window, time, metrics, logger } = this.#deps
    const kind = (entries[0] as Entry).kind
    const owners = this.#deps.owners(kind)
    try {
      const sentAt = monotonicMicros()
      const found = new Map(
        (await inspect(database.read, kind, owners, entries)).map((each) => [`${each.tenantId} ${each.ownerId}`, each])
      )
      const now = time.now()
      for (const entry of entries) {
        const row = found.get(entry.owner)
        if (row === undefined) {
          window.drop(entry)
        } else if (!row.owned) {
          await removeOrphan(database.read, kind, owners, row)
          metrics.orphaned.inc({ kind })
          logger.warn(
            { kind, tenantId: entry.tenantId, ownerId: entry.ownerId },
            'a timer without an owner was removed'
          )
          window.drop(entry)
        } else if (row.fireAt === entry.fireAt && row.fireAt <= now) {
          metrics.skipped.inc({ kind })
          window.putBack(
            entry,
            now + Math.min(retryMicrosMax, retryMicros * Math.max(1, entry.tries - 8)),
            entry.tries + 1
          )
        } else {
          window.drop(entry)
          if (row.fireAt <= now + this.#deps.horizonMicros) window.correct({ kind, ...row })
        }
      }
      logger.trace(
        { kind, entries: entries.length, micros: monotonicMicros() - sentAt },
        'timers that did not fire were looked up'
      )
    } catch (error) {
      logger.warn({ err: error, kind }, 'looking up timers that did not fire failed')
      const at = time.now() + outage.nextMs(++this.#failuresInARow) * 1000
      for (const entry of entries) window.putBack(entry, at)
    }
  }
}
