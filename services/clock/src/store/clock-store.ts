import type { Micros } from '@dueline/business-time'
import { rowParams, tableRows, type Read, type Tx } from '@dueline/postgres'
import type { FiredMark, StoredClock } from '../domain/difference.ts'
import { byTicket, keyParams, type TicketKey } from './keys.ts'
import { clock, clockMark } from './tables.ts'

/** A clock with the ticket it belongs to. */
export type ClockRecord = StoredClock & TicketKey

const rows = tableRows(clock)
const columns = rows.columns('c.')
/** What passing time alone changes. */
const marked = rowParams({
  tenant_id: 'text',
  id: 'uuid',
  planned: 'jsonb',
  warned_at: 'instant',
  breached_at: 'instant',
  sequence: 'integer'
})

/** A clock of a row of its table. */
export function clockOf ({ calendarId, calendarVersion, ...rest }: typeof clock.$inferSelect): ClockRecord {
  return { ...rest, calendar: { id: calendarId, version: calendarVersion } }
}

function rowOf ({ calendar: { id, version }, ...rest }: ClockRecord): typeof clock.$inferInsert {
  return { ...rest, calendarId: id, calendarVersion: version }
}

/** All clocks of tickets, voided ones too, by `textOf`. */
export async function readClocks (db: Read, keys: readonly TicketKey[]): Promise<Map<string, ClockRecord[]>> {
  const found = await db.$client.query({
    name: 'clock-read',
    text: `select ${columns} from unnest($1::text[], $2::uuid[]) as k(tenant_id, ticket_id)
      join clock c using (tenant_id, ticket_id)`,
    values: keyParams(keys)
  })
  return byTicket(found.rows.map((row) => clockOf(rows.read(row))))
}

/** One clock; undefined when there is none, or the history no longer has it. */
export async function readClock (db: Read, tenantId: string, id: string): Promise<ClockRecord | undefined> {
  const { rows: [row] } = await db.$client.query({
    name: 'clock-read-one',
    text: `select ${columns} from clock c where c.tenant_id = $1 and c.id = $2 and not c.voided`,
    values: [tenantId, id]
  })
  return row === undefined ? undefined : clockOf(rows.read(row))
}

/** Inserts or overwrites clocks of locked cases. */
export async function saveClocks (tx: Tx, clocks: readonly ClockRecord[]): Promise<void> {
  if (clocks.length === 0) return
  await tx.$client.query({
    name: 'clock-save',
    text: `insert into clock (${rows.columns()}) select ${rows.columns()} from ${rows.from(1, 'r')}
           on conflict (${rows.key()}) do update set ${rows.assignments('excluded')}`,
    values: rows.values(clocks.map(rowOf))
  })
}

/** Writes what passing time alone changes, of clocks that exist. */
export async function saveMarked (tx: Tx, clocks: readonly ClockRecord[]): Promise<void> {
  if (clocks.length === 0) return
  await tx.$client.query({
    name: 'clock-save-marked',
    text: `update clock c
             set planned = r.planned, warned_at = r.warned_at, breached_at = r.breached_at, sequence = r.sequence
           from ${marked.from(1, 'r')}
           where c.tenant_id = r.tenant_id and c.id = r.id`,
    values: marked.values(clocks.map(({ tenantId, id, planned, warnedAt, breachedAt, sequence }) => ({
      tenant_id: tenantId,
      id,
      planned,
      warned_at: warnedAt,
      breached_at: breachedAt,
      sequence
    })))
  })
}

const marks = tableRows(clockMark)

/** The marks that were recorded of clocks, by clock id. */
export async function readMarks (db: Read, clocks: readonly ClockRecord[]): Promise<Map<string, FiredMark[]>> {
  if (clocks.length === 0) return new Map()
  const found = await db.$client.query({
    name: 'mark-read',
    text: `select ${marks.columns('m.')}
      from unnest($1::text[], $2::uuid[]) as k(tenant_id, clock_id)
      join clock_mark m using (tenant_id, clock_id)`,
    values: [clocks.map(({ tenantId }) => tenantId), clocks.map(({ id }) => id)]
  })
  const byClock = new Map<string, FiredMark[]>()
  for (const row of found.rows) {
    const mark = marks.read(row)
    const its = byClock.get(mark.clockId)
    if (its === undefined) byClock.set(mark.clockId, [mark])
    else its.push(mark)
  }
  return byClock
}

/** A mark that is being recorded. */
export interface NewMark extends FiredMark {
  readonly tenantId: string
}

/**
 * Notes marks as recorded. Fails with a unique violation (`clock_mark_once`) when one was recorded before: then nothing
 * of the transaction may stand.
 */
export async function addMarks (tx: Tx, added: readonly NewMark[], firedAt: Micros): Promise<void> {
  if (added.length === 0) return
  await tx.$client.query({
    name: 'mark-add',
    text: `insert into clock_mark (${marks.columns()}) select ${marks.columns()} from ${marks.from(1, 'm')}`,
    values: marks.values(added.map((mark) => ({ ...mark, firedAt })))
  })
}
