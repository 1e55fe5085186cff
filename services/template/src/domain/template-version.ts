import { cleanText, type TemplateRule } from '@dueline/contracts'
import type { Fault } from '@dueline/http'

export const versionStates = ['draft', 'published'] as const
export type VersionState = typeof versionStates[number]

/** The kinds of files that become questionnaires, by media type, with the most bytes of each. */
export const fileTypes: Readonly<Record<string, number>> = {
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 20_000_000,
  'text/csv': 20_000_000,
  'application/json': 20_000_000,
  'application/pdf': 20_000_000
}

export const sourceKinds = ['xlsx', 'csv', 'questionnaire', 'fhir', 'pdf', 'api'] as const
/** Where a version comes from: a file, or the API itself. */
export interface Source {
  readonly kind: typeof sourceKinds[number]
  readonly uploadId: string | null
  readonly fileName: string | null
}

export const severities = ['error', 'guess', 'warning'] as const
/** What a file had that could not be read as it is meant. */
export interface Issue {
  /** Counts the issues of a version from 1. */
  readonly id: number
  /**
   * `error`: something is missing in the questionnaire; `guess`: read in a way that a person should confirm; `warning`:
   * read, with less than the file says.
   */
  readonly severity: typeof severities[number]
  readonly code: string
  readonly message: string
  /** Where in the file: sheet, row and column, page and field of a PDF, or a FHIR linkId. */
  readonly place: string | null
  /** Who has looked at it and found it right; null: nobody yet. */
  readonly confirmedBy: string | null
  /** The rule that the version before had and this one could not take; not shown. */
  readonly rule?: TemplateRule
}

/** A rule that does not fit another questionnaire, and why. */
export interface DroppedRule {
  readonly rule: TemplateRule
  readonly reason: string
}

/** The rules that the next version begins with: those that nobody has confirmed as gone are among them. */
export function rulesToCarry (
  before: { rules: readonly TemplateRule[], issues: readonly Issue[] } | undefined
): TemplateRule[] {
  if (before === undefined) return []
  const dropped = before.issues.flatMap(({ rule, confirmedBy }) =>
    rule === undefined || confirmedBy !== null ? [] : rule
  )
  return [...before.rules, ...dropped]
}

/** The issues of a draft, and one for each rule that it could not take: no rule goes without a person seeing it. */
export function withDroppedRules (issues: readonly Issue[], dropped: readonly DroppedRule[]): Issue[] {
  return [
    ...issues,
    ...dropped.map(({ rule, reason }, index): Issue => ({
      id: issues.length + index + 1,
      severity: 'error',
      code: 'rule_dropped',
      message: cleanText(
        `the rule of the version before fits no more and is left out (${reason}): ${rule.when}`,
        1_000
      ),
      place: null,
      confirmedBy: null,
      rule
    }))
  ]
}

/** What is wrong with a questionnaire or its rules: `/questionnaire/items/3/relevant`. */
export interface DefinitionFault {
  readonly pointer: string
  readonly code: string
  readonly message: string
}

/** Why a version cannot be published; empty when it can. */
export function publishFaults (
  { faults, issues }: { faults: readonly DefinitionFault[], issues: readonly Issue[] }
): Fault[] {
  const open = issues.filter(({ severity, confirmedBy }) => severity !== 'warning' && confirmedBy === null)
  return [
    ...faults.map(({ pointer, message }) => ({ pointer, message })),
    ...open.map(({ id, message, place }) => ({
      pointer: `/issues/${id - 1}`,
      message: `must be confirmed, or put right and confirmed: ${place === null ? '' : `${place}: `}${message}`
    }))
  ]
}

/** The issues after somebody has confirmed some. @returns the ids that are no issues in `unknown` */
export function confirm (
  issues: readonly Issue[],
  ids: readonly number[],
  by: string
): { issues: Issue[], unknown: number[] } {
  const wanted = new Set(ids)
  return {
    issues: issues.map((issue) =>
      wanted.has(issue.id) && issue.confirmedBy === null
        ? { ...issue, confirmedBy: by }
        : issue
    ),
    unknown: ids.filter((id) => !issues.some((issue) => issue.id === id))
  }
}
