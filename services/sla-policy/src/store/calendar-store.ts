import type { CalendarSpec, Micros } from '@dueline/business-time'
import { readInstant, type Read, type TenantTx, type Tx } from '@dueline/postgres'
import { and, asc, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { calendar, calendarVersion } from './tables.ts'

/** A calendar's head: its name and newest version. */
export interface CalendarRecord {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly createdAt: Micros
  readonly updatedAt: Micros
}
/** One immutable version. */
export interface CalendarVersionRecord {
  readonly calendarId: string
  readonly version: number
  readonly spec: CalendarSpec
  readonly createdAt: Micros
  readonly createdBy: string
}
/** A version together with its calendar's head. */
export interface VersionedCalendar extends CalendarRecord {
  readonly spec: CalendarSpec
}

const head = {
  id: calendar.id,
  name: calendar.name,
  version: calendar.version,
  createdAt: calendar.createdAt,
  updatedAt: calendar.updatedAt
}
const versionColumns = {
  calendarId: calendarVersion.calendarId,
  version: calendarVersion.version,
  spec: calendarVersion.spec,
  createdAt: calendarVersion.createdAt,
  createdBy: calendarVersion.createdBy
}

/** The names of all calendars of the tenant. */
export async function calendarNames (read: Read, tenantId: string): Promise<Array<{ id: string, name: string }>> {
  return await read.select({ id: calendar.id, name: calendar.name }).from(calendar)
    .where(eq(calendar.tenantId, tenantId))
}

/** Stores a new calendar with its version 1. False when the tenant has one of that name. */
export async function insertCalendar (
  tx: TenantTx,
  { id, name, spec, at, by }: { id: string, name: string, spec: CalendarSpec, at: Micros, by: string }
): Promise<boolean> {
  const { rowCount } = await tx.insert(calendar).values({
    tenantId: tx.tenantId,
    id,
    name,
    version: 1,
    createdAt: at,
    updatedAt: at
  }).onConflictDoNothing()
  if (rowCount === 0) return false
  await tx.insert(calendarVersion).values({
    tenantId: tx.tenantId,
    calendarId: id,
    version: 1,
    spec,
    createdAt: at,
    createdBy: by
  })
  return true
}

/** Stores the next version of a calendar, locking its head first; undefined when the tenant has no such calendar. */
export async function insertCalendarVersion (
  tx: TenantTx,
  { id, spec, at, by }: { id: string, spec: CalendarSpec, at: Micros, by: string }
): Promise<VersionedCalendar | undefined> {
  const [changed] = await tx.update(calendar).set({ version: sql`${calendar.version} + 1`, updatedAt: at })
    .where(and(eq(calendar.tenantId, tx.tenantId), eq(calendar.id, id))).returning(head)
  if (changed === undefined) return undefined
  await tx.insert(calendarVersion).values({
    tenantId: tx.tenantId,
    calendarId: id,
    version: changed.version,
    spec,
    createdAt: at,
    createdBy: by
  })
  return { ...changed, spec }
}

/** A calendar as of one version, the newest unless another is named. */
export async function findCalendar (
  read: Read,
  tenantId: string,
  id: string,
  version?: number
): Promise<VersionedCalendar | undefined> {
  const [found] = await read.select({ ...head, spec: calendarVersion.spec, wanted: calendarVersion.version }).from(
    calendar
  )
    .innerJoin(
      calendarVersion,
      and(
        eq(calendarVersion.tenantId, calendar.tenantId),
        eq(calendarVersion.calendarId, calendar.id),
        eq(calendarVersion.version, version ?? calendar.version)
      )
    )
    .where(and(eq(calendar.tenantId, tenantId), eq(calendar.id, id)))
  if (found === undefined) return undefined
  const { wanted, ...rest } = found
  return { ...rest, version: wanted }
}

/** A calendar in its newest version, with its head locked; undefined when the tenant has no such calendar. */
export async function lockCalendar (tx: TenantTx, id: string): Promise<VersionedCalendar | undefined> {
  await tx.select({ id: calendar.id }).from(calendar)
    .where(and(eq(calendar.tenantId, tx.tenantId), eq(calendar.id, id))).for('update')
  return await findCalendar(tx, tx.tenantId, id)
}

/** Calendars by id, after the given one. */
export async function listCalendars (
  read: Read,
  tenantId: string,
  { afterId, limit }: { afterId: string | undefined, limit: number }
): Promise<CalendarRecord[]> {
  return await read.select(head).from(calendar)
    .where(and(eq(calendar.tenantId, tenantId), afterId === undefined ? undefined : gt(calendar.id, afterId)))
    .orderBy(asc(calendar.id)).limit(limit)
}

/** Versions of one calendar, newest first, before the given one. */
export async function listCalendarVersions (
  read: Read,
  tenantId: string,
  calendarId: string,
  { before, limit }: { before: number | undefined, limit: number }
): Promise<CalendarVersionRecord[]> {
  return await read.select(versionColumns).from(calendarVersion)
    .where(
      and(
        eq(calendarVersion.tenantId, tenantId),
        eq(calendarVersion.calendarId, calendarId),
        before === undefined ? undefined : lt(calendarVersion.version, before)
      )
    )
    .orderBy(desc(calendarVersion.version)).limit(limit)
}

/** Whether the tenant has this calendar. */
export async function calendarExists (read: Read, tenantId: string, id: string): Promise<boolean> {
  const rows = await read.select({ id: calendar.id }).from(calendar).where(
    and(eq(calendar.tenantId, tenantId), eq(calendar.id, id))
  )
  return rows.length > 0
}

/** Which calendar of which tenant. */
export interface CalendarKey {
  readonly tenantId: string
  readonly calendarId: string
}

/** The version of a calendar that was the newest at an instant; before its first one, the first. */
export type CalendarVersions = (key: CalendarKey, at: Micros) => number

/** The versions of calendars by the instants of their making; asks nothing when there is none to ask for. */
export async function readCalendarVersions (tx: Tx, keys: readonly CalendarKey[]): Promise<CalendarVersions> {
  const found = new Map<string, { version: number, createdAt: Micros }[]>()
  if (keys.length > 0) {
    type Row = { tenant_id: string, calendar_id: string, version: number, created_at: string }
    const { rows } = await tx.$client.query<Row>({
      name: 'calendar-versions',
      text: `select tenant_id, calendar_id, version, created_at from calendar_version
             where (tenant_id, calendar_id) in (select * from unnest($1::text[], $2::uuid[])) order by version`,
      values: [keys.map((key) => key.tenantId), keys.map((key) => key.calendarId)]
    })
    for (const row of rows) {
      const key = `${row.tenant_id}/${row.calendar_id}`
      found.set(key, [...found.get(key) ?? [], { version: row.version, createdAt: readInstant(row.created_at) }])
    }
  }
  return ({ tenantId, calendarId }, at) => {
    const versions = found.get(`${tenantId}/${calendarId}`)
    if (versions === undefined) throw new Error(`calendar ${calendarId} of a published policy is not stored`)
    return (versions.findLast(({ createdAt }) => createdAt <= at) ?? versions[0]!).version
  }
}
