import { compileCalendar, type Calendar, type CalendarSpec } from '@dueline/business-time'
import { tableRows, type Read, type Tx } from '@dueline/postgres'
import { BoundedMap } from '@dueline/runtime'
import { alwaysOpen, type CalendarLookup, type CalendarRef } from '../domain/open-time.ts'
import type { TicketKey } from './keys.ts'
import { awaitedCalendar, calendar } from './tables.ts'

const rows = tableRows(calendar)
const awaitedRows = tableRows(awaitedCalendar)

/** A calendar version of a tenant. */
export interface CalendarKey {
  readonly tenantId: string
  readonly id: string
  readonly version: number
}

/** Calendar versions by tenant: how the fold finds them. */
export type TenantCalendars = (tenantId: string) => CalendarLookup

/** Compiled calendars; they never change, so what is here is right for ever. */
export class CalendarCache {
  readonly #compiled: BoundedMap<Calendar>

  /** Stores at most `sizeMax` calendars, those used last. */
  constructor (sizeMax = 2_000) {
    this.#compiled = new BoundedMap(sizeMax)
  }

  /** Makes those of `wanted` that exist ready for use, with one read if any is not at hand. */
  async lookup (db: Read, wanted: Iterable<{ tenantId: string, calendar: CalendarRef }>): Promise<TenantCalendars> {
    const missing = new Map<string, CalendarKey>()
    const found = new Map<string, Calendar>()
    for (const { tenantId, calendar: { id, version } } of wanted) {
      if (id === null) continue
      const key = keyOf(tenantId, id, version)
      if (found.has(key) || missing.has(key)) continue
      const known = this.#compiled.get(key)
      if (known !== undefined) found.set(key, known)
      else missing.set(key, { tenantId, id, version })
    }
    if (missing.size > 0) {
      for (const { tenantId, id, version, spec } of await readCalendars(db, [...missing.values()])) {
        const key = keyOf(tenantId, id, version)
        const compiled = compileCalendar(spec)
        found.set(key, compiled)
        this.#compiled.set(key, compiled)
      }
    }
    return (tenantId) => ({ id, version }) => id === null ? alwaysOpen : found.get(keyOf(tenantId, id, version))
  }
}

function keyOf (tenantId: string, id: string, version: number): string {
  return `${tenantId} ${id} ${version}`
}

function keyParams (keys: readonly CalendarKey[]): [string[], string[], number[]] {
  return [keys.map(({ tenantId }) => tenantId), keys.map(({ id }) => id), keys.map(({ version }) => version)]
}

async function readCalendars (
  db: Read,
  keys: readonly CalendarKey[]
): Promise<(CalendarKey & { spec: CalendarSpec })[]> {
  const { rows } = await db.$client.query<{ tenant_id: string, id: string, version: number, spec: CalendarSpec }>({
    name: 'calendar-read',
    text: `select c.tenant_id, c.id, c.version, c.spec
      from unnest($1::text[], $2::uuid[], $3::int[]) as k(tenant_id, id, version)
      join calendar c using (tenant_id, id, version)`,
    values: keyParams(keys)
  })
  return rows.map(({ tenant_id: tenantId, ...row }) => ({ ...row, tenantId }))
}

/** What a calendar was called in a version; null when it is not here. */
export async function readCalendarName (db: Read, { tenantId, id, version }: CalendarKey): Promise<string | null> {
  const { rows: [row] } = await db.$client.query<{ name: string }>({
    name: 'calendar-name',
    text: 'select name from calendar where tenant_id = $1 and id = $2 and version = $3',
    values: [tenantId, id, version]
  })
  return row?.name ?? null
}

/** Stores calendar versions; one that is here already stays as it is. */
export async function addCalendars (
  tx: Tx,
  calendars: readonly (CalendarKey & { name: string, spec: CalendarSpec })[]
): Promise<void> {
  await tx.$client.query({
    name: 'calendar-add',
    text: `insert into calendar (${rows.columns()}) select ${rows.columns()} from ${rows.from(1, 'c')}
           on conflict do nothing`,
    values: rows.values(calendars)
  })
}

/**
 * Keeps the arrival of calendars and the tickets that begin to wait for them apart, until the transaction ends: without
 * it each could miss what the other has not committed yet. Take it before any case is locked.
 */
export async function holdCalendars (
  tx: Tx,
  keys: readonly CalendarKey[],
  mode: 'arriving' | 'awaiting'
): Promise<void> {
  const texts = [...new Set(keys.map(({ tenantId, id, version }) => keyOf(tenantId, id, version)))].sort()
  const lock = mode === 'awaiting' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock'
  await tx.$client.query({
    name: `calendar-hold-${mode}`,
    text: `select ${lock}(hashtextextended('dueline calendar ' || k, 0)) from unnest($1::text[]) as k`,
    values: [texts]
  })
}

/** Notes which tickets wait for which calendar versions. */
export async function awaitCalendars (
  tx: Tx,
  awaited: readonly (TicketKey & { calendar: CalendarRef })[]
): Promise<void> {
  if (awaited.length === 0) return
  await tx.$client.query({
    name: 'calendar-await',
    text: `insert into awaited_calendar (${awaitedRows.columns()})
           select ${awaitedRows.columns()} from ${awaitedRows.from(1, 'a')} on conflict do nothing`,
    values: awaitedRows.values(awaited.map(({ tenantId, ticketId, calendar: { id, version } }) => {
      // one without an id is always open, and never waited for
      return { tenantId, ticketId, calendarId: id!, version }
    }))
  })
}

/** The tickets that waited for calendars that are here now; they are taken off the list. */
export async function removeAwaiting (tx: Tx, keys: readonly CalendarKey[]): Promise<TicketKey[]> {
  const { rows } = await tx.$client.query<{ tenant_id: string, ticket_id: string }>({
    name: 'calendar-take-awaiting',
    text: `delete from awaited_calendar a using unnest($1::text[], $2::uuid[], $3::int[]) as k(tenant_id, id, version)
           where a.tenant_id = k.tenant_id and a.calendar_id = k.id and a.version = k.version
             returning a.tenant_id, a.ticket_id`,
    values: keyParams(keys)
  })
  const tickets = new Map(
    rows.map(({ tenant_id: tenantId, ticket_id: ticketId }) => [`${tenantId} ${ticketId}`, { tenantId, ticketId }])
  )
  return [...tickets.values()]
}
