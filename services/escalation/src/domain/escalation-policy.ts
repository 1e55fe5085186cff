import { roles, type Metric, type Priority, type Role, type Severity } from '@dueline/contracts'

/**
 * When a level is due. Durations are plain elapsed time (`PT2H` is two hours on any calendar):
 * before or after the clock's deadline, or since the previous level while nobody has acknowledged.
 */
export type Trigger =
  | { readonly beforeDeadline: string }
  | { readonly afterDeadline: string }
  | { readonly unacknowledgedFor: string }

/** The roles that a level may address. */
export const targetRoles = roles.filter((role): role is Exclude<Role, 'customer'> => role !== 'customer')

/**
 * Whom a level is meant for. `stepsUp` counts managers above the assignee: 1 is the manager, 2 the manager's manager.
 * `nextLevelUp`: the nearest of them at a higher level of the tenant's hierarchy, whatever that is called.
 */
export type Target =
  | { readonly assignee: true }
  | { readonly personId: string }
  | { readonly role: typeof targetRoles[number], readonly via: 'reporting_line' | 'tenant' }
  | { readonly stepsUp: number }
  | { readonly nextLevelUp: true }

/** What a level asks for. A raised priority is never lowered by it. */
export type Action =
  | { readonly notify: true }
  | { readonly reassign: 'first_target' }
  | { readonly raisePriority: Priority | 'one_step' }

/** One step of an escalation policy. A filter that is null lets every ticket through. */
export interface Level {
  readonly name: string
  readonly trigger: Trigger
  readonly targets: readonly Target[]
  readonly actions: readonly Action[]
  readonly severities: readonly Severity[] | null
  readonly priorities: readonly Priority[] | null
}

/** Which clocks an escalation policy is for. Null lets everything through; the metrics are always named. */
export interface Filters {
  readonly severities: readonly Severity[] | null
  readonly priorities: readonly Priority[] | null
  readonly productIds: readonly string[] | null
  readonly customerIds: readonly string[] | null
  readonly metrics: readonly Metric[]
}

/** What a caller writes of an escalation policy. */
export interface EscalationPolicyDraft {
  readonly name: string
  readonly isDefault: boolean
  readonly active: boolean
  readonly maxLevels: number
  readonly filters: Filters
  readonly levels: readonly Level[]
}

/** One immutable version of an escalation policy; the preset has `id` null and version 0. */
export interface PinnedEscalationPolicy {
  readonly id: string | null
  readonly version: number
  readonly name: string
  readonly levels: readonly Level[]
}

/** No escalation policy has more levels than this. */
export const levelsMax = 10

/** What an escalation policy watches when it does not say. */
export const defaultMetrics: readonly Metric[] = ['resolution', 'first_response']

function presetLevel (name: string, afterDeadline: string, targets: readonly Target[]): Level {
  return { name, trigger: { afterDeadline }, targets, actions: [{ notify: true }], severities: null, priorities: null }
}

/** The 2 h → 8 h → 24 h → 48 h matrix, in force where a tenant has no escalation policy that fits. */
export const preset: EscalationPolicyDraft = {
  name: 'Preset',
  isDefault: false,
  active: true,
  maxLevels: levelsMax,
  filters: { severities: null, priorities: null, productIds: null, customerIds: null, metrics: defaultMetrics },
  levels: [
    presetLevel('Assignee and manager', 'PT2H', [{ assignee: true }, { stepsUp: 1 }]),
    presetLevel('Manager', 'PT8H', [{ stepsUp: 1 }]),
    presetLevel('Manager of the manager', 'PT24H', [{ stepsUp: 2 }]),
    presetLevel('CEO', 'PT48H', [{ role: 'ceo', via: 'tenant' }])
  ]
}

/** The preset as a clock's escalation policy. */
export const pinnedPreset: PinnedEscalationPolicy = { id: null, version: 0, name: preset.name, levels: preset.levels }
