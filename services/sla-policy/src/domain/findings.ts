import type { Micros } from '@dueline/business-time'
import { priorities, severities, type Priority, type Severity } from '@dueline/contracts'
import { byPrecedence } from './match.ts'
import { groupsOf, overlapsOf } from './overlaps.ts'
import type { PolicyRow } from './policy.ts'
import { canonical } from './same-terms.ts'

export const findingCodes = ['shadowed', 'overlap', 'expired', 'archived', 'gap'] as const

/** Something about the table that is probably not meant. */
export interface Finding {
  readonly code: typeof findingCodes[number]
  /** The row that it is about; null for a gap. */
  readonly rowId: string | null
  /** Rows that it has to do with: those that always win in its place, or that overlap it. */
  readonly otherRowIds: readonly string[]
  readonly productId: string | null
  readonly priority: Priority | null
  /** Where a gap is not the same for all severities. */
  readonly severities: readonly Severity[]
  readonly message: string
}

/** A product, module or question as far as findings ask of it. */
export interface CatalogueNode {
  readonly id: string
  readonly name: string
  readonly active: boolean
}

export interface FindingsInput {
  /** The active rows. */
  readonly rows: readonly PolicyRow[]
  readonly products: readonly CatalogueNode[]
  /** A product, module or question by its id. */
  readonly nodeOf: (id: string) => CatalogueNode | undefined
  readonly now: Micros
}

/** Most findings of one answer, and most comparisons of two rows. */
export const findingBounds = { findingsMax: 1_000, comparisonsMax: 2_000_000 } as const

/**
 * What of a table is probably not meant, before it is published: rows that can never win, rows that cover the same,
 * that are over or name what is archived, and priorities of products for which no row holds. `complete` is false where
 * the bounds cut it short.
 */
export function findingsOf (input: FindingsInput): { findings: Finding[], complete: boolean } {
  const work = { left: findingBounds.comparisonsMax }
  const shadowed = shadowedRows(input.rows, work)
  const hidden = new Set(shadowed.map(({ rowId }) => rowId))
  const findings = [
    ...shadowed,
    ...overlaps(input.rows, hidden),
    ...input.rows.flatMap((row) => ownFindings(row, input)),
    ...gaps(input)
  ]
  return {
    findings: findings.slice(0, findingBounds.findingsMax),
    complete: work.left > 0 && findings.length <= findingBounds.findingsMax
  }
}

const nothing = { otherRowIds: [], productId: null, priority: null, severities: [] } as const

/**
 * Rows before which others win for every priority and severity that they are for, as long as they are valid. Only rows
 * for the same customer, the same place in the catalogue and the same condition can do that: any other is either less
 * specific or for fewer tickets.
 */
function shadowedRows (rows: readonly PolicyRow[], work: { left: number }): Finding[] {
  const groups = groupsOf(rows, (row) => canonical([row.kind, row.customerId, deepestOf(row), row.when]))
  const findings: Finding[] = []
  for (const group of groups.values()) {
    if (group.length === 1) continue
    const sorted = group.toSorted(byPrecedence).map((row) => ({ row, cells: cellsOf(row) }))
    sorted.forEach(({ row }, index) => {
      const winners = winnersOver(index, sorted, work)
      if (winners === undefined) return
      const names = winners.map(({ name }) => `"${name}"`).slice(0, 4).join(', ')
      const message = `"${row.name}" can never win: ${names} always ${winners.length === 1 ? 'wins' : 'win'} before it`
      findings.push({ code: 'shadowed', rowId: row.id, ...nothing, otherRowIds: winners.map(({ id }) => id), message })
    })
  }
  return findings
}

/** A row with the cells of priority and severity that it is for. */
interface RowOfCells {
  readonly row: PolicyRow
  readonly cells: number
}

/** The rows before the one at `index` that together win wherever it would; undefined when it wins somewhere. */
function winnersOver (index: number, sorted: readonly RowOfCells[], work: { left: number }): PolicyRow[] | undefined {
  let { row, cells: left } = sorted[index]!
  const winners: PolicyRow[] = []
  for (let before = 0; before < index; before++) {
    if (work.left-- <= 0) return undefined
    const { row: other, cells } = sorted[before]!
    if ((left & cells) === 0 || !outlasts(other, row) || !namesNoMore(other, row)) continue
    winners.push(other)
    left &= ~cells
    if (left === 0) return winners
  }
  return undefined
}

/** One bit for each pair of a priority and a severity. */
function cellsOf ({ priority, severity }: Pick<PolicyRow, 'priority' | 'severity'>): number {
  let cells = 0
  priorities.forEach((one, row) =>
    severities.forEach((other, column) => {
      const isMeant = (priority ?? one) === one && (severity ?? other) === other
      if (isMeant) cells |= 1 << row * severities.length + column
    })
  )
  return cells
}

function allCells (rows: readonly PolicyRow[]): number {
  return rows.reduce((cells, row) => cells | cellsOf(row), 0)
}

function deepestOf ({ productId, moduleId, questionId }: PolicyRow): string | null {
  return questionId ?? moduleId ?? productId
}

/** Whether every parent that it names the other names too: a ticket may say of no parent, or of another. */
function namesNoMore (a: PolicyRow, b: PolicyRow): boolean {
  return (a.productId === null || a.productId === b.productId) && (a.moduleId === null || a.moduleId === b.moduleId)
}

function outlasts (a: PolicyRow, b: PolicyRow): boolean {
  return (a.validFrom ?? -Infinity) <= (b.validFrom ?? -Infinity) && (a.validTo ?? Infinity) >= (b.validTo ?? Infinity)
}

/** Each pair once, at its later row; what can never win is said already. */
function overlaps (rows: readonly PolicyRow[], hidden: ReadonlySet<string | null>): Finding[] {
  const overlapping = overlapsOf(rows)
  return rows.flatMap((row) => {
    const otherRowIds = (overlapping.get(row.id) ?? []).filter((id) => id < row.id && !hidden.has(id))
    if (otherRowIds.length === 0 || hidden.has(row.id)) return []
    const message =
      `"${row.name}" covers the same as ${otherRowIds.length} other: the rank decides, then the newer wins`
    return [{ code: 'overlap' as const, rowId: row.id, ...nothing, otherRowIds, message }]
  })
}

function ownFindings (row: PolicyRow, { nodeOf, now }: FindingsInput): Finding[] {
  const findings: Finding[] = []
  if (row.validTo !== null && row.validTo <= now) {
    const message = `"${row.name}" is over: no ticket of today is covered by it`
    findings.push({ code: 'expired', rowId: row.id, ...nothing, message })
  }
  const archived = [row.productId, row.moduleId, row.questionId].flatMap((id) => id === null ? [] : nodeOf(id) ?? [])
    .filter(({ active }) => !active)
  if (archived.length > 0) {
    const message = `"${row.name}" names what is archived: ${archived.map(({ name }) => `"${name}"`).join(', ')}`
    findings.push({ code: 'archived', rowId: row.id, ...nothing, message })
  }
  return findings
}

/** Priorities of active products for which no row for everybody holds now. A table without rows has no gaps. */
function gaps ({ rows, products, now }: FindingsInput): Finding[] {
  const general = rows.filter((row) =>
    row.kind === 'sla' && row.customerId === null && row.when === null && row.moduleId === null &&
    row.questionId === null && (row.validFrom ?? -Infinity) <= now && now < (row.validTo ?? Infinity)
  )
  if (rows.length === 0) return []
  const byProduct = groupsOf(general, ({ productId }) => productId)
  const everywhere = allCells(byProduct.get(null) ?? [])
  return products.filter(({ active }) => active).flatMap(({ id, name }) => {
    const covered = everywhere | allCells(byProduct.get(id) ?? [])
    return priorities.flatMap((priority): Finding[] => {
      const missing = severities.filter((severity) => (covered & cellsOf({ priority, severity })) === 0)
      if (missing.length === 0) return []
      const which = missing.length === severities.length ? '' : ` with severity ${missing.join(', ')}`
      const message = `${priority} of product "${name}"${which} has no row for everybody: the default holds`
      const severitiesOf = which === '' ? [] : missing
      return [{ code: 'gap', rowId: null, ...nothing, productId: id, priority, severities: severitiesOf, message }]
    })
  })
}
