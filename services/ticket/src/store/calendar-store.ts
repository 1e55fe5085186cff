import { compileCalendar, type Calendar, type CalendarSpec, type Micros } from '@dueline/business-time'
import { newestWins, type Read } from '@dueline/postgres'
import { BoundedMap } from '@dueline/runtime'
import { calendar } from './tables.ts'
import { isActive, membersOfTeam } from './team-store.ts'

/** Keeps copies of calendars, the newest version of each. */
export const saveCalendars = newestWins(calendar, ['version'])

/** By which calendar somebody works; both null: by none, or by one that has not arrived here. */
export interface WorksBy {
  readonly calendar_id: string | null
  readonly calendar_version: number | null
}

/** The columns of `WorksBy` of a person `p`, with the joins of `worksByJoin`. */
export const worksByColumns = 'c.id as calendar_id, c.version as calendar_version'

/**
 * Joins to people `p` the calendar by which each works: their own, else that of the oldest active team of theirs that
 * has one, as in the directory. `ids`: an array of texts in SQL, the people whose teams are looked at.
 */
export const worksByJoin = (ids: string): string => `
  left join (
    select distinct on (m.id) m.id, t.snapshot ->> 'calendarId' as calendar_id
    from directory_copy t cross join lateral (${membersOfTeam('t')}) as m(id)
    where t.tenant_id = $1 and t.kind = 'team' and t.snapshot ->> 'calendarId' is not null and ${isActive('t')}
      and m.id = any(${ids})
    order by m.id, t.id collate "C") h on h.id = p.id::text
  left join calendar c on c.tenant_id = $1 and c.id = coalesce(p.calendar_id, h.calendar_id::uuid)`

/** The calendars by which people work, compiled once each. */
export class CalendarCache {
  readonly #compiled: BoundedMap<Calendar>

  /** Stores at most `sizeMax` calendars, those used last. */
  constructor (sizeMax = 2_000) {
    this.#compiled = new BoundedMap(sizeMax)
  }

  /** Whether people work at an instant, by their calendars; one statement for those that are not compiled yet. */
  async openAt (
    read: Read,
    tenantId: string,
    rows: readonly WorksBy[],
    at: Micros
  ): Promise<(row: WorksBy) => boolean | null> {
    const calendars = await this.#find(read, tenantId, rows)
    return (row) => calendars.get(keyOf(tenantId, row))?.isOpen(at) ?? null
  }

  /** The calendars of a tenant that are closed at an instant, by id. */
  async closedAt (read: Read, tenantId: string, at: Micros): Promise<string[]> {
    const { rows } = await read.$client.query<WorksBy & { calendar_id: string }>({
      name: 'calendar-versions',
      text: 'select id as calendar_id, version as calendar_version from calendar where tenant_id = $1',
      values: [tenantId]
    })
    const isOpen = await this.openAt(read, tenantId, rows, at)
    return rows.filter((row) => isOpen(row) === false).map(({ calendar_id: id }) => id)
  }

  /** Those of these people who work by a calendar that never opens again. */
  async neverOpenFor (read: Read, tenantId: string, ids: readonly string[], at: Micros): Promise<Set<string>> {
    const { rows } = await read.$client.query<WorksBy & { id: string }>({
      name: 'calendar-people',
      text: `select p.id, ${worksByColumns} from person p ${worksByJoin('$2::uuid[]::text[]')}
        where p.tenant_id = $1 and p.id = any($2::uuid[])`,
      values: [tenantId, ids]
    })
    const calendars = await this.#find(read, tenantId, rows)
    const isOver = (row: WorksBy): boolean => calendars.get(keyOf(tenantId, row))?.nextOpen(at) === null
    return new Set(rows.filter(isOver).map(({ id }) => id))
  }

  async #find (read: Read, tenantId: string, rows: readonly WorksBy[]): Promise<Map<string, Calendar>> {
    const found = new Map<string, Calendar>()
    const missing = new Set<string>()
    for (const row of rows) {
      if (row.calendar_id === null) continue
      const known = this.#compiled.get(keyOf(tenantId, row))
      if (known === undefined) missing.add(row.calendar_id)
      else found.set(keyOf(tenantId, row), known)
    }
    if (missing.size === 0) return found
    const { rows: specs } = await read.$client.query<WorksBy & { spec: CalendarSpec }>({
      name: 'calendar-specs',
      text: `select id as calendar_id, version as calendar_version, spec from calendar
        where tenant_id = $1 and id = any($2::uuid[])`,
      values: [tenantId, [...missing]]
    })
    for (const { spec, ...row } of specs) {
      const compiled = compileCalendar(spec)
      found.set(keyOf(tenantId, row), compiled)
      this.#compiled.set(keyOf(tenantId, row), compiled)
    }
    return found
  }
}

function keyOf (tenantId: string, { calendar_id: id, calendar_version: version }: WorksBy): string {
  return `${tenantId} ${id} ${version}`
}
