import type { Micros } from '@dueline/business-time'
import type { NewEvent } from '@dueline/messaging'
import { afterCommit, type Tx } from '@dueline/postgres'
import type { Ids } from '@dueline/runtime'
import { eventOf } from '../domain/events.ts'
import { awaitCalendars, type TenantCalendars } from '../store/calendar-store.ts'
import { saveCases } from '../store/case-store.ts'
import { addMarks, saveClocks, saveMarked, type ClockRecord } from '../store/clock-store.ts'
import { textOf } from '../store/keys.ts'
import type { ProjectorDeps } from './deps.ts'
import type { ProjectionResult } from './project.ts'

export const timerKind = 'case'

/**
 * Writes results, one statement per table; the cases are locked. `marks`: only time has passed, and the timers that
 * were due are gone already. Answers by whom the cases are written once it is committed; empty when none is.
 */
export async function persist (
  tx: Tx,
  deps: ProjectorDeps,
  results: readonly ProjectionResult[],
  calendars: TenantCalendars,
  now: Micros,
  extent: 'all' | 'marks'
): Promise<string> {
  if (results.length === 0) return ''
  const writtenBy = extent === 'all' ? await saveAll(tx, results) : await saveTime(tx, results)
  await addMarks(
    tx,
    results.flatMap(({ ticket: { tenantId }, difference }) =>
      difference.newMarks.map((mark) => ({ ...mark, tenantId }))
    ),
    now
  )
  await deps.outbox.add(tx, eventsOf(results, calendars, now, deps.ids))
  await setTimers(tx, deps, results, extent)
  const changed = new Map(results.map(({ ticket }) => [textOf(ticket), ticket]))
  afterCommit(tx, () => deps.advanced.emit(changed))
  return writtenBy
}

async function saveAll (tx: Tx, results: readonly ProjectionResult[]): Promise<string> {
  const writtenBy = await saveCases(tx, results.map(({ ticket }) => ticket))
  const awaited = results.flatMap(({ ticket: { tenantId, ticketId }, awaited }) =>
    awaited.map((calendar) => ({ tenantId, ticketId, calendar }))
  )
  await awaitCalendars(tx, awaited)
  await saveClocks(tx, rowsOf(results))
  return writtenBy
}

async function saveTime (tx: Tx, results: readonly ProjectionResult[]): Promise<string> {
  await saveMarked(tx, rowsOf(results))
  return ''
}

function rowsOf (results: readonly ProjectionResult[]): ClockRecord[] {
  return results.flatMap(({ ticket: { tenantId, ticketId }, difference }) =>
    difference.rows.map((row) => ({ ...row, tenantId, ticketId }))
  )
}

/** The events of results, each made when it is its turn. */
function* eventsOf (
  results: readonly ProjectionResult[],
  calendars: TenantCalendars,
  firedAt: Micros,
  ids: Ids
): Generator<NewEvent> {
  for (const { ticket: { tenantId, summary }, difference, cause, historical } of results) {
    if (difference.changes.length === 0) continue
    if (summary === null) throw new Error('clocks without a ticket')
    const rows = new Map(difference.rows.map((row) => [row.id, row]))
    const context = { tenantId, ticket: summary, cause, firedAt, historical, calendars: calendars(tenantId) }
    // an event always counts its clock's sequence up, so its row is among those to be written
    for (const change of difference.changes) yield eventOf(ids.next(), change, rows.get(change.clockId)!, context)
  }
}

async function setTimers (
  tx: Tx,
  { timers }: ProjectorDeps,
  results: readonly ProjectionResult[],
  extent: 'all' | 'marks'
): Promise<void> {
  const wanted = results.flatMap(({ ticket: { tenantId, ticketId: ownerId }, difference: { wakeAt } }) =>
    wakeAt === null ? [] : [{ kind: timerKind, tenantId, ownerId, dueAt: wakeAt }]
  )
  if (wanted.length > 0) await timers.set(tx, wanted)
  const done = results.filter(({ difference, untimed }) => difference.wakeAt === null && !untimed)
  if (extent === 'all' && done.length > 0) {
    await timers.clear(
      tx,
      timerKind,
      done.map(({ ticket: { tenantId, ticketId: ownerId } }) => ({ tenantId, ownerId }))
    )
  }
}
