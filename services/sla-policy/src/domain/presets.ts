import { severities } from '@dueline/contracts'
import { builtInReminders, builtInTargets, type DefaultTerms, type TenantDefaults } from './policy.ts'

/** Settings that a kind of house starts with. */
export interface Preset {
  readonly id: 'support-desk' | 'hospital'
  readonly description: string
  readonly settings: {
    readonly forbidOverlap: boolean,
    readonly oneRowPerSeverityAndPriority: boolean,
    readonly defaults: TenantDefaults
  }
}

const complaint: DefaultTerms = {
  targets: { resolution: 'PT48H' },
  calendarId: null,
  reminders: [{ before: 'PT24H' }, { before: 'PT6H', urgent: true }]
}

/** What `GET /v1/sla-policy-presets` offers. */
export const presets: readonly Preset[] = [
  {
    id: 'support-desk',
    description: 'Response and resolution by priority, reminders at 75 % and urgently at 90 % of the time.',
    settings: {
      forbidOverlap: true,
      oneRowPerSeverityAndPriority: false,
      defaults: Object.fromEntries(
        Object.entries(builtInTargets).map(([priority, targets]) => [
          priority,
          { targets, calendarId: null, reminders: builtInReminders }
        ])
      )
    }
  },
  {
    id: 'hospital',
    description: 'One row per severity and priority; without one a complaint is to be resolved in 48 hours, with a ' +
      'reminder 24 hours before and an urgent one 6 hours before.',
    settings: {
      forbidOverlap: false,
      oneRowPerSeverityAndPriority: true,
      defaults: Object.fromEntries(severities.map((severity) => [severity, complaint]))
    }
  }
]
