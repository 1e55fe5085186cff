import type { Micros } from '@dueline/business-time'
import { agreementKinds, holds, type AgreementKind, type AgreementSubject } from '@dueline/contracts'
import type { PolicyRow } from './policy.ts'

/** What a row can ask of a ticket, in the order of the table of weights below. */
export const criteria = [
  'customer',
  'question',
  'module',
  'product',
  'when',
  'severity',
  'priority',
  'validity'
] as const
export type Criterion = typeof criteria[number]

/** One criterion of one row held against one ticket. Criteria that the row leaves open are not listed. */
export interface Verdict {
  criterion: Criterion
  wanted: unknown
  found: unknown
  met: boolean
}

/**
 * Lexicographic order as powers of two: the customer outweighs everything below it together, then the deepest catalogue
 * level that is named, then a condition, severity, priority. Naming a question's product beside the question adds
 * nothing, as the question says it already.
 */
const weights = { customer: 32, question: 24, module: 16, product: 8, when: 4, severity: 2, priority: 1 } as const

/** How specific a row is: 0 (for everybody) to 63. Depends on the row alone, never on the ticket. */
export function specificityOf (row: PolicyRow): number {
  return (row.customerId === null ? 0 : weights.customer) +
    (row.questionId !== null
      ? weights.question
      : row.moduleId !== null
      ? weights.module
      : row.productId !== null
      ? weights.product
      : 0) +
    (row.when === null ? 0 : weights.when) +
    (row.severity === null ? 0 : weights.severity) +
    (row.priority === null ? 0 : weights.priority)
}

/** Whether the row covers a ticket with these attributes that was created at `createdAt`. */
export function matches (row: PolicyRow, subject: AgreementSubject, createdAt: Micros): boolean {
  return (row.priority === null || row.priority === subject.priority) &&
    (row.severity === null || row.severity === subject.severity) &&
    (row.customerId === null || row.customerId === subject.customerId) &&
    (row.productId === null || row.productId === subject.productId) &&
    (row.moduleId === null || row.moduleId === subject.moduleId) &&
    (row.questionId === null || row.questionId === subject.questionId) &&
    (row.validFrom === null || row.validFrom <= createdAt) &&
    (row.validTo === null || createdAt < row.validTo) &&
    (row.when === null || holds(row.when, subject))
}

/** The same answer as `matches`, criterion by criterion, for people to read. */
export function verdictsOf (row: PolicyRow, subject: AgreementSubject, createdAt: Micros): Verdict[] {
  const verdicts: Verdict[] = []
  const compare = (criterion: Criterion, wanted: string | null, found: string | null) => {
    if (wanted !== null) verdicts.push({ criterion, wanted, found, met: wanted === found })
  }
  compare('customer', row.customerId, subject.customerId)
  compare('question', row.questionId, subject.questionId)
  compare('module', row.moduleId, subject.moduleId)
  compare('product', row.productId, subject.productId)
  if (row.when !== null) {
    verdicts.push({ criterion: 'when', wanted: row.when, found: null, met: holds(row.when, subject) })
  }
  compare('severity', row.severity, subject.severity)
  compare('priority', row.priority, subject.priority)
  if (row.validFrom !== null || row.validTo !== null) {
    const met = (row.validFrom === null || row.validFrom <= createdAt) &&
      (row.validTo === null || createdAt < row.validTo)
    verdicts.push({ criterion: 'validity', wanted: { from: row.validFrom, to: row.validTo }, found: createdAt, met })
  }
  return verdicts
}

/** The order in which rows win: more specific, then higher rank, then the newer id. A total order: ids differ. */
export function byPrecedence (a: PolicyRow, b: PolicyRow): number {
  return specificityOf(b) - specificityOf(a) || b.rank - a.rank || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
}

/** Rows of one policy version made ready for matching: per kind, in the order in which they win. */
export type RowsByKind = Readonly<Record<AgreementKind, readonly PolicyRow[]>>

/** Sorts once per version, so that matching is "the first that covers the ticket". */
export function rankRows (rows: readonly PolicyRow[]): RowsByKind {
  const sorted = [...rows].sort(byPrecedence)
  return Object.fromEntries(
    agreementKinds.map((kind) => [kind, sorted.filter((row) => row.kind === kind)])
  ) as unknown as RowsByKind
}

/** The winning row, or undefined when no row covers the ticket. `ranked` comes from `rankRows`. */
export function winner (
  ranked: readonly PolicyRow[],
  subject: AgreementSubject,
  createdAt: Micros
): PolicyRow | undefined {
  return ranked.find((row) => matches(row, subject, createdAt))
}
