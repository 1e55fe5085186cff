import type { Micros } from '@dueline/business-time'
import { isCustomer, type AbsencePeriod, type AvailabilityFacts, type AvailabilityState } from '@dueline/contracts'
import type { Read, TenantTx } from '@dueline/postgres'
import { and, asc, eq, gt, inArray, isNotNull, lt, lte, ne, sql } from 'drizzle-orm'
import { absence, person, team, workingProfile } from './tables.ts'

/** What was set by hand of a person; version 0: nothing, ever. */
export interface WorkingProfile {
  readonly state: AvailabilityState | null
  readonly until: Micros | null
  readonly capacityPoints: number | null
  readonly version: number
  readonly updatedAt: Micros | null
}

/** A person of the staff with all that says whether it can be given work at an instant. */
export interface Presence extends AvailabilityFacts {
  readonly personId: string
  readonly screenName: string
  readonly profile: WorkingProfile
  /** The absence at the instant, or none. */
  readonly absences: ReadonlyArray<AbsencePeriod & { readonly id: string }>
  /** The calendar by which it works; null: none. */
  readonly calendarId: string | null
}

const unset: WorkingProfile = { state: null, until: null, capacityPoints: null, version: 0, updatedAt: null }

/**
 * Lets one change at a time of a person's availability decide: two of them could plan absences that overlap. Held until
 * the transaction ends.
 */
export async function lockPresence (tx: TenantTx, personId: string): Promise<void> {
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`dueline.presence.${tx.tenantId}.${personId}`}::text, 0))`
  )
}

/** What was set by hand of a person. */
export async function findProfile (read: Read, tenantId: string, personId: string): Promise<WorkingProfile> {
  const [row] = await read.select().from(workingProfile)
    .where(and(eq(workingProfile.tenantId, tenantId), eq(workingProfile.personId, personId)))
  if (row === undefined) return unset
  const { tenantId: _, personId: _id, ...found } = row
  return found
}

/** Writes the profile of a person whose presence is locked. */
export async function saveProfile (
  tx: TenantTx,
  personId: string,
  profile: WorkingProfile & { updatedAt: Micros }
): Promise<void> {
  await tx.insert(workingProfile).values({ ...profile, tenantId: tx.tenantId, personId })
    .onConflictDoUpdate({ target: [workingProfile.tenantId, workingProfile.personId], set: profile })
}

/** Another absence of the person that has an instant in common; of several the first. Its presence is locked. */
export async function overlapping (
  tx: TenantTx,
  { id, personId, from, to }: { id: string, personId: string, from: Micros, to: Micros }
): Promise<AbsencePeriod | undefined> {
  const [row] = await tx.select().from(absence).where(and(
    eq(absence.tenantId, tx.tenantId),
    eq(absence.personId, personId),
    ne(absence.id, id),
    lt(absence.from, to),
    gt(absence.to, from)
  )).orderBy(asc(absence.from)).limit(1)
  return row
}

/** The people of the staff among these, by id, with what is known of each at the instant. */
export async function readPresence (
  read: Read,
  tenantId: string,
  ids: readonly string[],
  at: Micros
): Promise<Map<string, Presence>> {
  if (ids.length === 0) return new Map()
  const [people, absences, calendars] = await Promise.all([
    read.select({ person, profile: workingProfile }).from(person)
      .leftJoin(
        workingProfile,
        and(eq(workingProfile.tenantId, tenantId), eq(workingProfile.personId, person.id))
      )
      .where(and(eq(person.tenantId, tenantId), inArray(person.id, [...ids]))),
    read.select().from(absence).where(and(
      eq(absence.tenantId, tenantId),
      inArray(absence.personId, [...ids]),
      lte(absence.from, at),
      gt(absence.to, at)
    )),
    calendarsOf(read, tenantId, ids)
  ])
  return new Map(
    people.filter(({ person: { role } }) => !isCustomer(role)).map(({ person: each, profile }) => {
      const { state, until, capacityPoints, version, updatedAt } = profile ?? unset
      return [each.id, {
        personId: each.id,
        screenName: each.screenName,
        active: each.active,
        state,
        until,
        profile: { state, until, capacityPoints, version, updatedAt },
        absences: absences.filter(({ personId }) => personId === each.id),
        calendarId: each.calendarId ?? calendars.get(each.id) ?? null
      }]
    })
  )
}

/** By which calendar people work who have none of their own: that of the oldest active team of theirs that has one. */
async function calendarsOf (read: Read, tenantId: string, ids: readonly string[]): Promise<Map<string, string>> {
  const teams = await read.select({ calendarId: team.calendarId, memberIds: team.memberIds }).from(team).where(and(
    eq(team.tenantId, tenantId),
    eq(team.active, true),
    isNotNull(team.calendarId),
    sql`${team.memberIds} && ${sql.param([...ids])}::uuid[]`
  )).orderBy(asc(team.id))
  const calendars = new Map<string, string>()
  for (const { calendarId, memberIds } of teams) {
    for (const id of memberIds) if (!calendars.has(id)) calendars.set(id, calendarId!)
  }
  return calendars
}
