import type { Metric, TicketSummary } from '@dueline/contracts'
import {
  pinnedPreset,
  preset,
  type Filters,
  type EscalationPolicyDraft,
  type PinnedEscalationPolicy
} from './escalation-policy.ts'

/** An escalation policy of the tenant, as stored. */
export interface EscalationPolicy extends EscalationPolicyDraft {
  readonly id: string
  readonly version: number
}

/** What an escalation policy is chosen by: the clock, and its ticket as the clock's newest event reports it. */
export interface ChoiceSubject {
  readonly metric: Metric
  /** The escalation policy that the agreement names, if any. */
  readonly escalationPolicyId: string | null
  readonly ticket: Pick<TicketSummary, 'severity' | 'priority' | 'productId' | 'customerId'>
}

function allows<T> (filter: readonly T[] | null, value: T | null): boolean {
  return filter === null || (value !== null && filter.includes(value))
}

function fits (filters: Filters, { metric, ticket }: ChoiceSubject): boolean {
  return filters.metrics.includes(metric) && allows(filters.severities, ticket.severity) &&
    allows(filters.priorities, ticket.priority) &&
    allows(filters.productIds, ticket.productId) && allows(filters.customerIds, ticket.customerId)
}

/** A customer says more than a product, a product more than a priority, a priority more than a severity. */
function specificity ({ customerIds, productIds, priorities, severities }: Filters): number {
  return (customerIds === null ? 0 : 8) + (productIds === null ? 0 : 4) + (priorities === null ? 0 : 2) +
    (severities === null ? 0 : 1)
}

/**
 * The escalation policy of a clock: the one its agreement names → the tenant's most specific escalation policy that
 * fits (of equals the elder id) → the tenant's default → the preset. Inactive escalation policies are as good as
 * absent. Null when nothing watches this metric.
 */
export function chooseEscalationPolicy (
  policies: readonly EscalationPolicy[],
  subject: ChoiceSubject
): PinnedEscalationPolicy | null {
  const active = policies.filter((policy) => policy.active)
  const named = active.find((policy) => policy.id === subject.escalationPolicyId)
  if (named !== undefined) return pin(named)
  const fitting = active.filter((policy) => fits(policy.filters, subject))
    .sort((a, b) =>
      Number(a.isDefault) - Number(b.isDefault) || specificity(b.filters) - specificity(a.filters) ||
      (a.id < b.id ? -1 : 1)
    )
  if (fitting[0] !== undefined) return pin(fitting[0])
  return fits(preset.filters, subject) ? pinnedPreset : null
}

function pin ({ id, version, name, levels }: EscalationPolicy): PinnedEscalationPolicy {
  return { id, version, name, levels }
}
