import { Instant, instantText, nullable, priorities, Reminder, severities, Targets, Uuid } from '@dueline/contracts'
import { Type, type Static } from 'typebox'
import type { TenantDefaults } from '../domain/policy.ts'
import type { SettingsRecord } from '../store/policy-store.ts'

const reminders = Type.Optional(
  Type.Array(Reminder, { maxItems: 20, description: 'left out: the built-in ones, at 75 % and urgently at 90 %' })
)
const fallback = nullable(
  Type.Object({ targets: Targets, calendarId: nullable(Uuid), reminders }, {
    title: 'DefaultTerms',
    description: 'What holds where no row matches; null: the built-in targets'
  })
)

/** What a default can be for; that of the priority comes before that of the severity. */
export const defaultLevels = [...priorities, ...severities] as const

/** The fallback per priority and severity, each explicit. */
export const Defaults = Type.Object({
  P0: fallback,
  P1: fallback,
  P2: fallback,
  P3: fallback,
  low: fallback,
  medium: fallback,
  high: fallback,
  critical: fallback
}, {
  title: 'DefaultsByPriority',
  description: 'What holds where no row matches: the default of the priority, else that of the severity'
})
export type Defaults = Static<typeof Defaults>

export const PolicySettings = Type.Object({
  forbidOverlap: Type.Boolean({
    description: 'true: two active rows of the same kind, keys and condition may not overlap in validity'
  }),
  oneRowPerSeverityAndPriority: Type.Boolean({
    description: 'true: two active rows of the same kind, severity and priority may not overlap in validity, ' +
      'whatever else they name'
  }),
  defaults: Defaults,
  version: Type.Integer({ minimum: 0, description: '0 = never set' }),
  updatedAt: nullable(Instant)
}, { title: 'PolicySettings', description: 'Settings of the SLA table' })

export function defaultsToWire (defaults: TenantDefaults): Defaults {
  return Object.fromEntries(defaultLevels.map((level) => [level, defaults[level] ?? null])) as Defaults
}

export function settingsToWire (
  { defaults, updatedAt, ...settings }: SettingsRecord
): Static<typeof PolicySettings> {
  return { ...settings, defaults: defaultsToWire(defaults), updatedAt: instantText(updatedAt) }
}
