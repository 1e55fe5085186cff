import type { DuelineEvent } from '@dueline/contracts'
import { isTransient, type Database, type Tx } from '@dueline/postgres'
import { crashPoint, forCauses, type Backoff, type Ids, type Logger } from '@dueline/runtime'
import { BusError, type InBatch, type InRecord } from './bus.ts'
import { decodeEvent } from './codec.ts'
import type { ConsumerMetrics } from './consumer-metrics.ts'
import { park, type NewDeadLetter } from './dead-letters.ts'
import { groupCalls, passesOverPast, type Handler } from './grouping.ts'
import { admit } from './inbox.ts'

/** A record on its way through a consumer: an event to handle, or one to put aside; done once that is committed. */
export interface Item {
  batch: InBatch
  record: InRecord
  event?: DuelineEvent
  dead?: NewDeadLetter
  settled?: boolean
}

/** What one consumer needs to work off items. */
export interface BatchDeps {
  database: Database
  group: string
  handlers: ReadonlyMap<string, Handler>
  ids: Ids
  logger: Logger
  metrics: ConsumerMetrics
  /** Waits after failures of the database, and after those of a handler. */
  backoff: Backoff
  /** How often a batch is tried that its handler fails on, before the culprit is looked for. */
  triesMax: number
  /** Aborted when the consumer is to stop: what is not done then comes again. */
  stopping: AbortSignal
  /** Ends early on `stopping`. */
  pause(ms: number): Promise<void>
  handled(events: readonly DuelineEvent[]): void
  /** Called with why a transaction failed that is tried again; undefined once none is. */
  trouble(error: unknown): void
}

/**
 * The records of a batch that concern this consumer: known types without a handler are passed over unread, and so is
 * the imported past where the handler asks for that.
 */
export function inspect (
  batch: InBatch,
  handlers: ReadonlyMap<string, Handler>,
  isKnown: (type: string) => boolean
): Item[] {
  const items: Item[] = []
  for (const record of batch.records) {
    const { ce_type: type, ce_specversion: version, ce_historical: historical } = record.headers
    if (type !== undefined && version === '1.0' && isKnown(type)) {
      const handler = handlers.get(type)
      if (handler === undefined || (historical === 'true' && passesOverPast(handler))) continue
    }
    const { event, fault } = record.decoded ??= decodeEvent(record)
    if (fault === undefined) items.push({ batch, record, event })
    else items.push({ batch, record, dead: { record, reason: fault.reason, detail: fault.detail } })
  }
  return items
}

/**
 * Works items off in one transaction. When the database fails it tries again for as long as the batches are ours; when
 * a handler fails `triesMax` times, halves are tried alone until the culprit is found, which is put aside.
 * Items of batches that were revoked meanwhile are left out, and stay unsettled.
 * @throws what kept a culprit from being put aside: what is not done then has to come again
 */
export async function workOff (deps: BatchDeps, items: readonly Item[]): Promise<void> {
  let mine = items
  let outages = 0
  for (let tries = 1;;) {
    mine = mine.filter((item) => !item.batch.signal.aborted)
    if (mine.length === 0 || deps.stopping.aborted) {
      deps.trouble(undefined)
      return
    }
    try {
      await transact(deps, mine)
      deps.trouble(undefined)
      return
    } catch (error) {
      deps.trouble(error)
      deps.metrics.failed()
      if (isTransient(error)) {
        outages++
        const retryMs = deps.backoff.nextMs(outages)
        deps.logger.warn({ err: error, group: deps.group, outages, retryMs }, 'database failed, trying the batch again')
        await deps.pause(retryMs)
      } else if (tries < deps.triesMax) {
        deps.logger.warn(
          { err: error, group: deps.group, tries, events: mine.length },
          'handler failed, trying the batch again'
        )
        await deps.pause(deps.backoff.nextMs(tries))
        tries++
      } else {
        await isolate(deps, mine, error)
        return
      }
      await beat(mine)
    }
  }
}

/** Halves keep their order: the second is tried only when the first is done. */
async function isolate (deps: BatchDeps, items: readonly Item[], error: unknown): Promise<void> {
  const one = { ...deps, triesMax: 1 }
  if (items.length > 1) {
    const middle = items.length >> 1
    await workOff(one, items.slice(0, middle))
    await beat(items)
    await workOff(one, items.slice(middle))
    return
  }
  const item = items[0]!
  if (!item.batch.signal.aborted && !deps.stopping.aborted) await putAside(deps, item, error)
}

/**
 * @throws what kept it from being put aside: where nothing can be written, the handler's failure says nothing about the
 * event
 */
async function putAside (deps: BatchDeps, item: Item, error: unknown): Promise<void> {
  const { record, batch } = item
  try {
    await transact(deps, [{ batch, record, dead: { record, reason: 'handler_failed', detail: describe(error) } }])
  } catch (failure) {
    deps.trouble(failure)
    deps.metrics.failed()
    throw failure
  }
  item.settled = true
  deps.trouble(undefined)
  deps.logger.error({
    err: error,
    group: deps.group,
    topic: record.topic,
    partition: record.partition,
    offset: String(record.offset),
    type: record.headers.ce_type,
    event: record.headers.ce_id
  }, 'handler fails on this event: put aside as a dead letter')
}

function describe (error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/** Reports to the bus that we are at work. A batch that is not ours any more aborts its signal by itself. */
async function beat (items: readonly Item[]): Promise<void> {
  for (const batch of new Set(items.map((item) => item.batch))) {
    await batch.alive().catch((error: unknown) => {
      if (!(error instanceof BusError)) throw error
    })
  }
}

async function transact (deps: BatchDeps, items: readonly Item[]): Promise<void> {
  const { group, metrics } = deps
  const started = performance.now()
  crashPoint('consumer:before-handle')
  const dead = items.flatMap((item) => item.dead === undefined ? [] : [item.dead])
  const events = items.flatMap((item) => item.event === undefined ? [] : [item.event])
  const fresh = await deps.database.tx(async (tx: Tx) => {
    const fresh = await admit(tx, group, events)
    for (const { handler, events } of groupCalls(fresh, deps.handlers)) {
      const causes = events.map(({ partitionkey: key, traceparent }) => ({ key, traceparent }))
      await forCauses(causes, async () => await handler(tx, events))
    }
    await park(tx, deps.ids, group, dead)
    crashPoint('consumer:before-commit')
    return fresh
  })
  for (const item of items) item.settled = true
  crashPoint('consumer:after-commit')
  metrics.batchSeconds((performance.now() - started) / 1000)
  metrics.consumed(fresh.length)
  metrics.duplicates(events.length - fresh.length)
  for (const letter of dead) metrics.deadLetter(letter.reason)
  for (const { record, reason, detail } of dead) {
    if (reason !== 'handler_failed') {
      deps.logger.error({
        group,
        topic: record.topic,
        partition: record.partition,
        offset: String(record.offset),
        reason,
        detail
      }, 'record cannot be read: put aside as a dead letter')
    }
  }
  if (fresh.length > 0) deps.handled(fresh)
}
