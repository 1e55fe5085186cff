import { partFaults } from '@dueline/http'
import type { TenantTx } from '@dueline/postgres'
import { Type } from 'typebox'
import { coverageKey, severityAndPriorityKey } from '../domain/overlaps.ts'
import { planRows, type GivenRow, type PlannedRow, type TableState } from '../imports/plan-rows.ts'
import { readNames } from '../imports/table-state.ts'
import type { Names } from '../spreadsheets/names.ts'
import { readSettings } from '../store/policy-store.ts'
import { lockRows, lockSlaTable, rowPagesOf, type SlaRowRecord } from '../store/sla-row-store.ts'
import type { RouteDeps } from './route-deps.ts'
import { uniquenessOf } from './row-references.ts'
import { NewSlaRow, SlaRowPatch } from './sla-rows.ts'

/** What rows are given, once it is known which of them there are. */
export interface GivenRows {
  readonly ids: readonly string[]
  readonly given: (names: Names, existing: ReadonlyMap<string, SlaRowRecord>) => AsyncIterable<GivenRow[]>
  readonly fieldOf: (pointer: string) => string
  readonly customerFault: TableState['customerFault']
}

/** Plans rows in a transaction that nobody else's change of the table can come between. */
export async function planIn (
  tx: TenantTx,
  { ids, clock }: Pick<RouteDeps, 'ids' | 'clock'>,
  rows: GivenRows
): Promise<PlannedRow[]> {
  await lockSlaTable(tx)
  const names = await readNames(tx, tx.tenantId)
  const existing = await lockRows(tx, rows.ids)
  const uniqueness = uniquenessOf(await readSettings(tx, tx.tenantId))
  const keys = uniqueness.map((each) => each === 'coverage' ? coverageKey : severityAndPriorityKey)
  return await planRows(rows.given(names, existing), {
    existing,
    names,
    bodyFaults: (body, isNew) => (isNew ? newRowFaults : changeFaults)(body),
    customerFault: rows.customerFault,
    apart: keys.length === 0 ? null : { rows: await allActive(tx), keys },
    fieldOf: rows.fieldOf,
    newId: () => ids.next(),
    now: clock.now()
  })
}

async function allActive (tx: TenantTx): Promise<SlaRowRecord[]> {
  const pages = await Array.fromAsync(rowPagesOf(tx, tx.tenantId, { active: true }, Infinity))
  return pages.flat()
}

const newRowFaults = partFaults(NewSlaRow)
// a row that is there may be given without any change
const changeFaults = partFaults(Type.Object(SlaRowPatch.properties))

/** `/targets/resolution` as `targets.resolution`. */
export function dotted (pointer: string): string {
  return pointer.slice(1).replaceAll('/', '.')
}
