import type { Micros } from '@dueline/business-time'
import { inTurns } from '@dueline/runtime/threads'
import { canonical } from '../domain/same-terms.ts'
import { referenceFaults } from '../domain/reference-faults.ts'
import { blankRow, mergeRow, type RowChange } from '../domain/row-rules.ts'
import type { NamedKind, Names } from '../spreadsheets/names.ts'
import type { RowBody } from '../spreadsheets/sla-row-columns.ts'
import type { SlaRowRecord } from '../store/sla-row-store.ts'
import { overlapSteps, type coverageKey } from '../domain/overlaps.ts'

/** What is wrong with a field of one row. */
export interface FieldFault {
  readonly field: string
  readonly message: string
}

/** One row as it was given: with an id it is that row, without one a new row. */
export interface GivenRow {
  /** Where it stands in what was given, from 1; in a file as a spreadsheet counts. */
  readonly line: number
  readonly id: string | null
  /** The version that the change was made on; null: whichever there is. */
  readonly version: number | null
  readonly body: RowBody
  readonly faults: readonly FieldFault[]
}

export type RowResult = 'created' | 'updated' | 'unchanged' | 'refused'

/** What is to become of a given row. */
export interface PlannedRow {
  readonly line: number
  readonly id: string | null
  readonly result: RowResult
  readonly faults: readonly FieldFault[]
  /** As it is to be stored. */
  readonly row: SlaRowRecord | null
}

/** What rows are planned against. */
export interface TableState {
  /** The stored rows that are named, by id. */
  readonly existing: ReadonlyMap<string, SlaRowRecord>
  readonly names: Names
  /** Faults of a new row's body, and of a change's, by the schemas of the API. */
  readonly bodyFaults: (body: RowBody, isNew: boolean) => ReadonlyArray<{ pointer: string, message: string }>
  /** Why a named person cannot be a row's customer; undefined when it can. */
  readonly customerFault: (id: string) => string | undefined
  /** The active rows among which none may overlap, each way in which they may not; null where rows may. */
  readonly apart: { readonly rows: readonly SlaRowRecord[], readonly keys: ReadonlyArray<typeof coverageKey> } | null
  /** The field of a file that a JSON pointer is about. */
  readonly fieldOf: (pointer: string) => string
  readonly newId: () => string
  readonly now: Micros
}

/** What becomes of each given row, judged together; nothing is written. Other requests have turns between pages. */
export async function planRows (given: AsyncIterable<GivenRow[]>, state: TableState): Promise<PlannedRow[]> {
  const lines = new Map<string, number>()
  const planned: PlannedRow[] = []
  for await (const page of given) {
    for (const row of page) {
      const before = row.id === null ? undefined : lines.get(row.id)
      if (row.id !== null && before === undefined) lines.set(row.id, row.line)
      planned.push(
        before === undefined
          ? planRow(row, state)
          : refusedRow(row, [{ field: 'id', message: `stands in line ${before} already` }])
      )
    }
  }
  let left = planned
  for (const keyOf of state.apart?.keys ?? []) left = await withoutOverlaps(left, state.apart!.rows, keyOf)
  return left
}

function refusedRow ({ line, id }: Pick<GivenRow, 'line' | 'id'>, faults: readonly FieldFault[]): PlannedRow {
  return { line, id, result: 'refused', faults, row: null }
}

function planRow (given: GivenRow, state: TableState): PlannedRow {
  const { line, id, version, body } = given
  const before = id === null ? undefined : state.existing.get(id)
  if (before !== undefined && version !== null && version !== before.version) {
    const message = `the row was changed since: it has version ${before.version}`
    return refusedRow(given, [...given.faults, { field: 'version', message }])
  }
  const bodyFaults = state.bodyFaults(body, before === undefined)
  const named = (faults: ReadonlyArray<{ pointer: string, message: string }>): FieldFault[] =>
    faults.map(({ pointer, message }) => ({ field: state.fieldOf(pointer), message }))
  // what a cell could not be read as is not missing besides
  const known = new Set(given.faults.map(({ field }) => field))
  const faults = [...given.faults, ...named(bodyFaults).filter(({ field }) => !known.has(field))]
  if (faults.length > 0) return refusedRow(given, faults)
  const stamps = before === undefined
    ? { id: id ?? state.newId(), version: 1, createdAt: state.now, updatedAt: state.now }
    : { version: before.version + 1, updatedAt: state.now }
  const { row, faults: own } = mergeRow<SlaRowRecord>({ ...before ?? blankRow, ...stamps } as never, body as RowChange)
  const customer = row.customerId === null ? undefined : state.customerFault(row.customerId)
  const wrong = [
    ...own,
    ...referenceFaults(row, (kind: NamedKind, of) => state.names.get(kind, of)),
    ...(customer === undefined ? [] : [{ pointer: '/customerId', message: customer }])
  ]
  if (wrong.length > 0) return refusedRow(given, named(wrong))
  if (before === undefined) return { line, id: row.id, result: 'created', faults: [], row }
  const same = contentOf(before) === contentOf(row)
  return { line, id, result: same ? 'unchanged' : 'updated', faults: [], row }
}

function contentOf ({ version: _version, updatedAt: _updated, ...content }: SlaRowRecord): string {
  return canonical(content)
}

/** Refuses what would overlap another active row, whether that stands in the table or among the given ones. */
async function withoutOverlaps (
  planned: readonly PlannedRow[],
  active: readonly SlaRowRecord[],
  keyOf: typeof coverageKey
): Promise<PlannedRow[]> {
  const rows = new Map(active.map((row) => [row.id, row]))
  for (const { row } of planned) if (row !== null) rows.set(row.id, row)
  const overlaps = await inTurns(overlapSteps([...rows.values()].filter((row) => row.active), keyOf))
  return planned.map((one) => {
    const others = one.row === null || one.result === 'unchanged' ? undefined : overlaps.get(one.row.id)
    if (others === undefined) return one
    const message = `covers the same as the row ${others.slice(0, 5).join(', ')}`
    return refusedRow(one, [{ field: 'id', message }])
  })
}
