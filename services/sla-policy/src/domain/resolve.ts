import type { Micros } from '@dueline/business-time'
import type { AgreementKind, AgreementSubject } from '@dueline/contracts'
import { rankRows, winner, type RowsByKind } from './match.ts'
import { builtInTargets, fallbackTerms, type PolicyContent, type TenantDefaults, type Terms } from './policy.ts'

/** A policy version ready to answer. */
export interface CompiledPolicy {
  readonly version: number
  readonly ranked: RowsByKind
  readonly defaults: TenantDefaults
}

/** What is agreed for a ticket, and where that comes from. */
export interface Resolution {
  readonly origin: 'row' | 'tenant_default' | 'built_in'
  readonly rowId: string | null
  readonly rowName: string
  readonly policyVersion: number
  readonly terms: Terms
}

/** Prepares a version's rows; the result never changes and may be kept. */
export function compilePolicy ({ version, rows, defaults }: PolicyContent): CompiledPolicy {
  return { version, ranked: rankRows(rows), defaults }
}

/** The policy of a tenant that has published nothing. */
export const builtInPolicy: CompiledPolicy = compilePolicy({ version: 0, rows: [], defaults: {} })

/**
 * The agreement of one kind for a ticket created at `createdAt`: the winning row, else the tenant's default for the
 * priority, else that for the severity, else the built-in one. Undefined when there is none: an appreciation has no
 * agreement, and only `sla` has fallbacks.
 */
export function resolve (
  policy: CompiledPolicy,
  kind: AgreementKind,
  subject: AgreementSubject,
  createdAt: Micros
): Resolution | undefined {
  if (subject.type === 'appreciation') return undefined
  const row = winner(policy.ranked[kind], subject, createdAt)
  if (row !== undefined) {
    return { origin: 'row', rowId: row.id, rowName: row.name, policyVersion: policy.version, terms: row }
  }
  return kind === 'sla' ? fallback(policy, subject) : undefined
}

/** What holds for an `sla` when no row does. */
export function fallback (policy: CompiledPolicy, subject: AgreementSubject): Resolution {
  const level = policy.defaults[subject.priority] === undefined ? subject.severity : subject.priority
  const own = policy.defaults[level]
  if (own !== undefined) {
    return {
      origin: 'tenant_default',
      rowId: null,
      rowName: `Default ${level}`,
      policyVersion: policy.version,
      terms: fallbackTerms(own)
    }
  }
  const terms = fallbackTerms({ targets: builtInTargets[subject.priority], calendarId: null })
  return {
    origin: 'built_in',
    rowId: null,
    rowName: `Built-in ${subject.priority}`,
    policyVersion: policy.version,
    terms
  }
}
