import { isUuid } from '@dueline/contracts'
import { baseErrors, problem } from '@dueline/http'
import { afterCommit, isUniqueViolation, type TenantTx } from '@dueline/postgres'
import { idOfExternal } from '@dueline/service'
import { personEvent } from '../domain/person-event.ts'
import type { RouteDeps } from '../routes/route-deps.ts'
import { lockOrganization, readLevels } from '../store/level-store.ts'
import { activeUnits, calendarsInUse, companiesOf, managersAbove, savePeople } from '../store/people-import-store.ts'
import { changeTime, findPeople, findPeopleByExternalId, lockPeople, type Person } from '../store/person-store.ts'
import { planOf, stateOf, targetOf, type Known, type PlannedRow } from './plan.ts'
import type { Row } from './row.ts'

type Asker = Parameters<RouteDeps['references']['faults']>[0]

/** Of a calendar that is not known here its owner is asked: a file may name so many of them. */
const newCalendarsMax = 50

/** Those of the calendars of a file that are there; more new ones than `newCalendarsMax` are taken for missing. */
export async function calendarsAmong (
  { database, references }: RouteDeps,
  asker: Asker,
  rows: readonly Row[]
): Promise<Set<string>> {
  const named = [...new Set(rows.flatMap(({ fields: { calendarId } }) => calendarId ?? []))]
  const known = await calendarsInUse(database.forTenant(asker.tenantId).read, asker.tenantId, named)
  const asked = named.filter((id) => !known.has(id)).slice(0, newCalendarsMax)
  const mentions = asked.map((id) => ({ pointer: id, kind: 'calendar' as const, id }))
  const missing = new Set((await references.faults(asker, mentions)).map(({ pointer }) => pointer))
  return new Set([...known, ...asked.filter((id) => !missing.has(id))])
}

/** What a file is checked against. Locks whom it names, and where people stand, until the transaction ends. */
async function readKnown (
  tx: TenantTx,
  rows: readonly Row[],
  { calendars, now }: Pick<Known, 'calendars' | 'now'>
): Promise<Known> {
  const { tenantId } = tx
  const texts = (
    values: Array<string | null | undefined>
  ): string[] => [...new Set(values.flatMap((each) => each ?? []))]
  const refs = texts(rows.map(({ managerRef }) => managerRef))
  const externalIds = [...texts(rows.map(({ externalId }) => externalId)), ...refs]
  const byExternalId = await findPeopleByExternalId(tx, tenantId, externalIds)
  const derive = (externalId: string): string => idOfExternal(tenantId, externalId)
  const half = { byExternalId, idOfExternal: derive } as unknown as Known
  const targets = texts(rows.map((row) => targetOf(row, half))).filter(isUuid)
  // rows first and the organization then, as everybody who changes one person does
  const locked = await lockPeople(tx, tenantId, targets)
  await lockOrganization(tx, tenantId)
  const managers = await findPeople(tx, tenantId, refs.map((ref) => ref.toLowerCase()))
  const others = [...byExternalId.values()].map((each) => [each.id, each] as const)
  const byId = new Map<string, Person>([...others, ...managers, ...locked])
  const { levels } = await readLevels(tx, tenantId)
  return {
    byId,
    byExternalId,
    managerOf: await managersAbove(tx, tenantId, [...byId.keys()]),
    levels,
    units: await activeUnits(tx, tenantId, texts(rows.map(({ fields }) => fields.unitId))),
    calendars,
    companyOf: await companiesOf(tx, tenantId, [...locked.keys()]),
    idOfExternal: derive,
    now
  }
}

/** Imports the rows that have no faults, and says what became of each; with `dryRun` it only says so. */
export async function importPeople (
  tx: TenantTx,
  { clock, ids, outbox, people }: RouteDeps,
  { rows, calendars, dryRun }: { rows: readonly Row[], calendars: ReadonlySet<string>, dryRun: boolean }
): Promise<PlannedRow[]> {
  const now = clock.now()
  const planned = planOf(rows, await readKnown(tx, rows, { calendars, now }))
  if (dryRun) return planned
  const added = planned.flatMap((each) => stateOf(each) === 'created' ? [each.next!] : [])
  const changed = planned.flatMap((each): Person[] => {
    const { before, next } = each
    if (stateOf(each) !== 'changed') return []
    // as by any change by hand, imports of tickets do not change the person any more
    return [{ ...next!, imported: false, version: before!.version + 1, updatedAt: changeTime(before!, now) }]
  })
  await savePeople(tx, { added, changed }).catch((error: unknown) => {
    if (!isUniqueViolation(error, 'person_external_id') && !isUniqueViolation(error, 'person_pkey')) throw error
    const detail = 'somebody of the file was added meanwhile: send it again'
    problem(baseErrors.unavailable, { detail, headers: { 'retry-after': '1' }, cause: error })
  })
  await outbox.add(
    tx,
    [...added, ...changed].map((person) => personEvent(person, { id: ids.next(), tenantId: tx.tenantId }))
  )
  afterCommit(tx, () => people.changed())
  return planned
}
