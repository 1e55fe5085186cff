import type { Micros } from '@dueline/business-time'
import { isCustomer } from '@dueline/contracts'
import type { Person } from '../store/person-store.ts'
import { closesCycle } from '../domain/cycle.ts'
import { levelFault, type Level } from '../domain/levels.ts'
import { newPerson } from '../domain/new-person.ts'
import type { RowFault } from './columns.ts'
import type { Row } from './row.ts'

/** What of a tenant a file is checked against, as it is while nobody else decides where people stand. */
export interface Known {
  /** Those whom the file names, as persons or as managers. */
  readonly byId: ReadonlyMap<string, Person>
  readonly byExternalId: ReadonlyMap<string, Person>
  /** The managers of all who stand above any of them. */
  readonly managerOf: ReadonlyMap<string, string | null>
  readonly levels: readonly Level[]
  /** Active units, and calendars that are there, among those named. */
  readonly units: ReadonlySet<string>
  readonly calendars: ReadonlySet<string>
  /** The company of whom is a contact of one. */
  readonly companyOf: ReadonlyMap<string, string>
  readonly idOfExternal: (externalId: string) => string
  readonly now: Micros
}

/** What becomes of a row. */
export interface PlannedRow {
  readonly line: number
  readonly before: Person | null
  /** Null: the row does not say who it is. */
  readonly next: Person | null
  readonly faults: RowFault[]
}

/** Who a row is about: by its id, else by its external id. */
export function targetOf ({ id, externalId }: Row, { byExternalId, idOfExternal }: Known): string | null {
  if (id !== undefined) return id
  if (externalId === null || externalId === undefined) return null
  return byExternalId.get(externalId)?.id ?? idOfExternal(externalId)
}

/**
 * What a file would change. Each row stands by itself, but for managers: they may come in a later row, and a row whose
 * manager is refused is refused too, as are all that would close a cycle together.
 */
export function planOf (rows: readonly Row[], known: Known): PlannedRow[] {
  const lines = { ids: new Map<string, number>(), externalIds: new Map<string, number>() }
  const planned = rows.map((row) => plannedRow(row, lines, known))
  const byTarget = new Map(planned.flatMap((each) => each.next === null ? [] : [[each.next.id, each] as const]))
  const externalIds = new Map(
    planned.flatMap((each) =>
      each.next === null || each.next.externalId === null ? [] : [[each.next.externalId, each.next.id] as const]
    )
  )
  const managed = planned.map((each, index) =>
    withManager(each, rows[index]!.managerRef, known, { byTarget, externalIds })
  )
  refuseTogether(managed, known)
  return managed
}

/** The first line of each that a file names. */
interface Lines {
  readonly ids: Map<string, number>
  readonly externalIds: Map<string, number>
}

function plannedRow (row: Row, lines: Lines, known: Known): PlannedRow {
  const { line, externalId, fields } = row
  const faults = [...row.faults]
  const id = targetOf(row, known)
  const named = row.id === undefined ? 'externalId' : 'id'
  if (id === null) {
    faults.push({ field: 'externalId', message: 'must say who it is, or id must' })
    return { line, before: null, next: null, faults }
  }
  const first = lines.ids.get(id)
  const sharing = typeof externalId === 'string' ? lines.externalIds.get(externalId) : undefined
  if (first !== undefined) faults.push({ field: named, message: `is that of line ${first} too` })
  else if (sharing !== undefined) faults.push({ field: 'externalId', message: `is that of line ${sharing} too` })
  lines.ids.set(id, first ?? line)
  if (typeof externalId === 'string') lines.externalIds.set(externalId, sharing ?? line)
  const before = known.byId.get(id) ?? null
  faults.push(...externalIdFaults(row, id, before, known))
  for (const field of ['role', 'name'] as const) {
    const isSaid = fields[field] !== undefined || faults.some((fault) => fault.field === field)
    if (before === null && !isSaid) faults.push({ field, message: 'is needed for a new person' })
  }
  const { role = 'agent', name = '', ...rest } = fields
  const next: Person = before === null
    ? newPerson({ id, role, name, screenName: name, externalId: externalId ?? null, ...rest } as never, known.now)
    : { ...before, ...fields as object }
  faults.push(...standingFaults(next, before, known))
  return { line, before, next, faults }
}

function externalIdFaults ({ externalId }: Row, id: string, before: Person | null, known: Known): RowFault[] {
  const field = 'externalId'
  const other = typeof externalId === 'string' ? known.byExternalId.get(externalId) : undefined
  if (other !== undefined && other.id !== id) return [{ field, message: `is that of person ${other.id}` }]
  if (before === null || externalId === undefined || externalId === before.externalId) return []
  return [{ field, message: `must stay ${before.externalId ?? 'blank'}: it is not changed by an import` }]
}

/** What is wrong with where a person stands, but for the manager. */
function standingFaults (next: Person, before: Person | null, known: Known): RowFault[] {
  const faults: RowFault[] = []
  const { level, unitId, calendarId, role } = next
  const isMoved = level !== before?.level || role !== before.role
  const message = level === null || !isMoved ? null : levelFault(known.levels, level, role)
  if (message !== null) faults.push({ field: 'level', message })
  if (unitId !== null && unitId !== before?.unitId && !known.units.has(unitId)) {
    faults.push({ field: 'unitId', message: 'no such unit, or not an active one' })
  }
  if (calendarId !== null && calendarId !== before?.calendarId && !known.calendars.has(calendarId)) {
    faults.push({ field: 'calendarId', message: 'no such calendar' })
  }
  const company = before !== null && isCustomer(before.role) && !isCustomer(role) && known.companyOf.get(next.id)
  if (company) faults.push({ field: 'role', message: `must stay customer: a contact of customer ${company}` })
  return faults
}

interface InFile {
  readonly byTarget: ReadonlyMap<string, PlannedRow>
  readonly externalIds: ReadonlyMap<string, string>
}

function withManager (planned: PlannedRow, ref: string | null | undefined, known: Known, file: InFile): PlannedRow {
  const { next, faults } = planned
  if (ref === undefined || next === null) return planned
  if (ref === null) return { ...planned, next: { ...next, managerId: null } }
  const byId = ref.toLowerCase()
  const id = file.externalIds.get(ref) ?? known.byExternalId.get(ref)?.id ??
    (file.byTarget.has(byId) || known.byId.has(byId) ? byId : undefined)
  if (id === undefined) return { ...planned, faults: [...faults, { field: 'managerId', message: 'no such person' }] }
  return { ...planned, next: { ...next, managerId: id } }
}

/** Refuses rows for what others are: until nothing changes, as each that is refused leaves what was there before. */
function refuseTogether (planned: readonly PlannedRow[], known: Known): void {
  for (;;) {
    const accepted = new Map(
      planned.flatMap((each) =>
        each.faults.length > 0 || each.next === null ? [] : [[each.next.id, each.next] as const]
      )
    )
    const parentOf = (id: string): string | null | undefined =>
      accepted.has(id) ? accepted.get(id)!.managerId : known.byId.get(id)?.managerId ?? known.managerOf.get(id)
    const found = planned.flatMap((each) => {
      if (each.faults.length > 0 || each.next === null) return []
      const { id, managerId } = each.next
      if (managerId === null || managerId === each.before?.managerId) return []
      const message = closesCycle(id, managerId, parentOf)
        ? 'would close a cycle in the reporting line'
        : managerFault(accepted.get(managerId) ?? known.byId.get(managerId))
      return message === null ? [] : [{ each, message }]
    })
    if (found.length === 0) return
    for (const { each, message } of found) each.faults.push({ field: 'managerId', message })
  }
}

function managerFault (manager: Person | undefined): string | null {
  if (manager === undefined) return 'is in a row that is refused'
  if (!manager.active) return 'is not active'
  return isCustomer(manager.role) ? 'is a customer' : null
}

/** What a row does, where it has no faults. */
export function stateOf ({ before, next, faults }: PlannedRow): 'created' | 'changed' | 'unchanged' | 'refused' {
  if (faults.length > 0 || next === null) return 'refused'
  if (before === null) return 'created'
  return JSON.stringify(Object.entries(next).sort()) === JSON.stringify(Object.entries(before).sort())
    ? 'unchanged'
    : 'changed'
}
